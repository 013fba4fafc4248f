import { readWire } from '../lib/ssh/wire.ts';

/** What a server offers, each list in its order of preference. Source: RFC 4253 §7.1. */
export type ServerOffer = {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
};

const kexInit = 20;

/**
 * Reads a server's algorithms from its first bytes, which are in clear text: lines of text, then a packet. Null if that
 * is missing or incomplete. Source: RFC 4253 §4.2, §6.
 */
export function readServerOffer(bytes: Buffer): ServerOffer | null {
  const banner = bytes.indexOf('SSH-');
  const lineEnd = banner < 0 ? -1 : bytes.indexOf('\n', banner);
  if (lineEnd < 0) return null;
  try {
    const wire = readWire(bytes.subarray(lineEnd + 1));
    wire.uint32();
    wire.byte();
    if (wire.byte() !== kexInit) return null;
    for (let cookie = 0; cookie < 16; cookie += 1) wire.byte();
    const names = (): string[] => wire.text().split(',');
    const [kex, hostKey, , cipher, , mac] = [names(), names(), names(), names(), names(), names()];
    return { kex, hostKey, cipher, mac } as ServerOffer;
  } catch {
    return null;
  }
}
