import { createHash } from 'node:crypto';
import { SealError, type Sealer } from '../lib/seal.ts';
import { storedObject } from '../lib/stored.ts';
import type { Attempt } from './provider.ts';

/** An attempt as the browser keeps it, sealed: Sonde itself remembers nothing, so nobody can fill its memory. */
export type KeptAttempt = Attempt & {
  /** Where the login leads: a path of the page. */
  readonly next: string;
  /** What the settings were: an answer to others is not accepted. */
  readonly client: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
};

const boundTo = 'sign-in:attempt';
const cookiePrefix = 'sonde_sign_in_';
const nameOfCookie = /^sonde_sign_in_[0-9a-f]{16}$/;

/** The name of the cookie of an attempt: each has its own, so that two tabs do not disturb each other. */
export function cookieName(state: string): string {
  return `${cookiePrefix}${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
}

/** Whether a cookie that a browser sent has such a name. Others may not even be names that Sonde could send back. */
export function isCookieName(name: string): boolean {
  return nameOfCookie.test(name);
}

export function sealAttempt(sealer: Sealer, attempt: KeptAttempt): string {
  return Buffer.from(sealer.seal(JSON.stringify(attempt), boundTo)).toString('base64url');
}

/** The attempt in a cookie; null for one that Sonde did not make, or that is not of this state. */
export function openAttempt(sealer: Sealer, cookie: string, state: string): KeptAttempt | null {
  try {
    // Safe: only what `sealAttempt` sealed opens.
    const attempt = storedObject(
      sealer.open(Buffer.from(cookie, 'base64url').toString(), boundTo),
    ) as KeptAttempt | null;
    return attempt !== null && attempt.state === state ? attempt : null;
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
