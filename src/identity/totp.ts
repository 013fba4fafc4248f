import { randomBytes } from 'node:crypto';
import { generateSecret, generateSync, generateURI } from 'otplib';
import { hashToken } from './tokens.ts';

const stepSeconds = 30;
const backupCodeCount = 10;

/** A new secret, and the URI that authenticator apps read as a QR code. */
export function newTotp(username: string): { readonly secret: string; readonly otpauthUrl: string } {
  const secret = generateSecret();
  return { secret, otpauthUrl: generateURI({ issuer: 'Sonde', label: username, secret }) };
}

/**
 * The time step that a code belongs to, allowing one step of clock difference either way, or null. Only steps later
 * than `afterStep` count, so that no code is used twice. `now` in ms since the epoch. Source: RFC 6238.
 */
export function stepOfCode(secret: string, code: string, afterStep: number, now: number): number | null {
  const digits = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return null;
  const current = Math.floor(now / 1000 / stepSeconds);
  for (const step of [current, current - 1, current + 1]) {
    if (step > afterStep && generateSync({ secret, epoch: step * stepSeconds }) === digits) return step;
  }
  return null;
}

/** Codes for when the app is lost, and their hashes for storage. */
export function newBackupCodes(): { readonly codes: readonly string[]; readonly hashes: readonly string[] } {
  const codes = Array.from({ length: backupCodeCount }, () => randomBytes(5).toString('hex'));
  return { codes, hashes: codes.map(hashToken) };
}
