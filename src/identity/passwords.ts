import { hash, verify } from '@node-rs/argon2';
import { badRequest } from '../lib/errors.ts';

/** OWASP's figures for argon2id: 19 MiB, 2 passes, 1 lane. `algorithm` 2 is argon2id. */
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const minLength = 8;
const maxLength = 1_024;

let decoy: Promise<string> | null = null;

/** Throws 400 for a password that is too short or too long to be hashed. */
export function hashPassword(password: string): Promise<string> {
  if (password.length < minLength) throw badRequest(`The password must have at least ${minLength} characters`);
  if (password.length > maxLength) throw badRequest(`The password must have at most ${maxLength} characters`);
  return hash(password, options);
}

/** Whether a password is right. Without a hash (unknown user) it takes as long and answers false. */
export async function checkPassword(passwordHash: string | null, password: string): Promise<boolean> {
  if (password.length > maxLength) return false;
  if (passwordHash !== null) return verify(passwordHash, password);
  decoy ??= hash('no such user', options);
  await verify(await decoy, password);
  return false;
}
