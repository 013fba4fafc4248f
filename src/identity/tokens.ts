import { createHash, randomBytes } from 'node:crypto';
import { createSigner, createVerifier } from 'fast-jwt';

/** The contents of a session's token. Times in seconds. */
export type Claims = {
  readonly userId: string;
  readonly sessionId: string;
  readonly iat: number;
  readonly exp: number;
};

/** Signs and verifies the tokens of sessions: HS256. */
export function createTokens(secret: Buffer, now: () => number) {
  const sign = createSigner({ key: secret, algorithm: 'HS256' });
  const verify = createVerifier({ key: secret, algorithms: ['HS256'], cache: false, ignoreExpiration: true });
  return {
    sign: (userId: string, sessionId: string, maxAgeSeconds: number): string => {
      const iat = Math.floor(now() / 1000);
      return sign({ userId, sessionId, iat, exp: iat + maxAgeSeconds });
    },
    /** The claims of a token that we signed, expired or not; null for any other. */
    verify: (token: string): Claims | null => {
      try {
        const claims = verify(token) as Partial<Claims>;
        return typeof claims.userId === 'string' &&
          typeof claims.sessionId === 'string' &&
          typeof claims.exp === 'number'
          ? (claims as Claims)
          : null;
      } catch {
        return null;
      }
    },
  };
}

export type Tokens = ReturnType<typeof createTokens>;

/** A new API key's token: `tmx_` and 64 hex digits. */
export function newApiToken(): string {
  return `tmx_${randomBytes(32).toString('hex')}`;
}

/** SHA-256 in hex: tokens of 256 random bits need no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
