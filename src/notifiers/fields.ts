import Type from 'typebox';

/** A secret: sealed, and never shown again. */
export function secret(description: string, maxLength = 2_000) {
  return Type.String({ description, minLength: 1, maxLength, secret: true });
}

/** An address that is a secret itself, as those of incoming webhooks: only its origin is shown again. */
export function secretUrl(description: string) {
  return Type.String({ description, minLength: 1, maxLength: 2_000, pattern: '^https?://', secret: true });
}

/** The address of a service. Who changes it must enter the secrets again. */
export function serviceUrl(description: string) {
  return Type.String({ description, minLength: 1, maxLength: 2_000, pattern: '^https?://', target: true });
}

export function words(description: string, maxLength = 500) {
  return Type.String({ description, minLength: 1, maxLength });
}
