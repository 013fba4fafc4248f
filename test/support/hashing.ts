import { hash, verify } from '@node-rs/argon2';
import type { Hashing } from '../../src/identity/passwords/passwords.ts';

/** Argon2 with so little work that a test may have hundreds of passwords hashed. A hash says how it was made. */
export const quickHashing: Hashing = {
  hash: (password, options) => hash(password, { ...options, memoryCost: 64, timeCost: 1 }),
  verify,
};
