import Type from 'typebox';
import { badRequest } from '../lib/errors.ts';

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

/** Headers of one's own, besides those that Sonde sends. */
export function ownHeaders() {
  return Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 2_000 }), {
    description: 'Additional headers, at most 20; their values are secret',
    maxProperties: 20,
    secret: true,
  });
}

/** Throws 400 for headers that cannot be sent, and for those that are reserved. */
export function checkHeaders(headers: Readonly<Record<string, string>>, reserved: RegExp): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || reserved.test(name))
      throw badRequest(`headers: ${name} is not a header that you can set`);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw badRequest(`headers: the value of ${name} has unusual characters`);
  }
}
