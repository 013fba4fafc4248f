import { isCertificate } from '../../lib/ssh/certificate.ts';
import { readWire } from '../../lib/ssh/wire.ts';
import { bitsOf } from '../keys/costs.ts';
import { keysIn } from './host-certificate.ts';

/** Shorter RSA keys are accepted only from hosts with old algorithms turned on, and never below the second number. */
const bits = { least: 2_048, leastOfOld: 1_024 } as const;

/**
 * Why a host key, or the one in a certificate, is too short to be trusted; null: it is long enough, or cannot be read.
 */
export function whyTooShort(wire: Buffer, withOld: boolean): string | null {
  const least = withOld ? bits.leastOfOld : bits.least;
  try {
    const type = readWire(wire).text();
    // A certificate is no stronger than the key that signed it.
    const keys = isCertificate(type)
      ? Object.values(keysIn(wire)).map((key) => Buffer.from(key.keyBase64, 'base64'))
      : [wire];
    const size = Math.min(...keys.map(rsaBitsOf));
    if (size >= least) return null;
    return `it has ${size.toLocaleString('en-US')} bits; Sonde accepts ${least.toLocaleString('en-US')} or more`;
  } catch {
    // The caller that checks the key reports that it cannot be read.
    return null;
  }
}

/** Infinity for other key types, whose length is fixed. */
function rsaBitsOf(key: Buffer): number {
  const wire = readWire(key);
  if (wire.text() !== 'ssh-rsa') return Number.POSITIVE_INFINITY;
  wire.string();
  return bitsOf(wire.string());
}
