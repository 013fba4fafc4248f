/** The work that opening a key with its passphrase takes. Whoever made the file chose it. */
export type Derivation =
  | { readonly kind: 'bcrypt'; readonly rounds: number }
  | { readonly kind: 'pbkdf2'; readonly iterations: number }
  /** `cost`, `block` and `parallel` are scrypt's N, r and p. */
  | { readonly kind: 'scrypt'; readonly cost: number; readonly block: number; readonly parallel: number }
  | { readonly kind: 'argon2'; readonly memoryKiB: number; readonly passes: number; readonly lanes: number };

/**
 * The most work that Sonde does for one key: a few seconds. ssh-keygen makes 16 or 24 rounds (people use 100 to 256),
 * openssl 2,048 iterations (or N 16,384, r 8, p 1), puttygen 8 MiB and a tenth of a second. docs/logins.md gives the
 * same numbers.
 */
export const most = {
  bcryptRounds: 512,
  pbkdf2Iterations: 5_000_000,
  scryptMemoryBytes: 67_108_864,
  /** N × r × p. */
  scryptWork: 8_388_608,
  argon2MemoryKiB: 262_144,
  /** Memory × passes: 8 GiB. */
  argon2WorkKiB: 8_388_608,
  argon2Lanes: 64,
  rsaBits: 8_192,
  rsaExponentBits: 64,
} as const;

/**
 * Why opening a key would take too much work: what it asks for, the limit, and how to save it with less. Null: it is
 * within the limits.
 */
export function whyTooMuch(derivation: Derivation): string | null {
  switch (derivation.kind) {
    case 'bcrypt': {
      if (derivation.rounds <= most.bcryptRounds) return null;
      return `The private key asks for ${count(derivation.rounds)} rounds of bcrypt; Sonde does at most ${count(most.bcryptRounds)}. Save it with fewer: ssh-keygen -p -a 100 -f FILE`;
    }
    case 'pbkdf2': {
      if (derivation.iterations <= most.pbkdf2Iterations) return null;
      return `The private key asks for ${count(derivation.iterations)} iterations of PBKDF2; Sonde does at most ${count(most.pbkdf2Iterations)}. Save it with fewer: ${anew}`;
    }
    case 'scrypt': {
      const { cost, block, parallel } = derivation;
      const isBounded =
        128 * cost * block <= most.scryptMemoryBytes && Math.max(1, cost) * block * parallel <= most.scryptWork;
      if (isBounded) return null;
      return `The private key asks for scrypt with N ${count(cost)}, r ${count(block)} and p ${count(parallel)}; Sonde does at most N × r × p = ${count(most.scryptWork)} in ${most.scryptMemoryBytes / 1_048_576} MiB. Save it with less: ${anew}`;
    }
    case 'argon2': {
      const { memoryKiB, passes, lanes } = derivation;
      const isBounded =
        memoryKiB <= most.argon2MemoryKiB &&
        memoryKiB * passes <= most.argon2WorkKiB &&
        passes <= most.argon2WorkKiB / 8 &&
        lanes <= most.argon2Lanes;
      if (isBounded) return null;
      return `The private key asks for ${count(passes)} passes of Argon2 over ${count(memoryKiB)} KiB in ${count(lanes)} lanes; Sonde does at most ${count(most.argon2MemoryKiB)} KiB, ${most.argon2WorkKiB / 1_048_576} GiB in all passes, and ${most.argon2Lanes} lanes. Save it with puttygen's own settings: puttygen FILE -P -o FILE`;
    }
  }
}

const anew = 'ssh-keygen -p -m PKCS8 -f FILE';

/** Why an RSA key is not used, from its numbers in wire format; null: it can be used. Signing with it takes time. */
export function whyTooLong(modulus: Buffer, exponent: Buffer): string | null {
  const bits = bitsOf(modulus);
  if (bits > most.rsaBits)
    return `The RSA key has ${count(bits)} bits; Sonde uses at most ${count(most.rsaBits)}. Make another: ssh-keygen -t ed25519`;
  if (bitsOf(exponent) > most.rsaExponentBits)
    return `The public exponent of the RSA key has ${count(bitsOf(exponent))} bits; Sonde uses at most ${most.rsaExponentBits}. Make another: ssh-keygen -t ed25519`;
  return null;
}

/** The number of bits of a number in wire format. */
export function bitsOf(number: Buffer): number {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (number.length - start) * 8 - (Math.clz32(number[start] ?? 0) - 24);
}

function count(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en-US') : 'more than 9 quadrillion';
}
