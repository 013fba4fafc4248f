import { ConfigError } from './errors.ts';

/** What a normalised origin consists of. `*`, `;` and quotes would mean something else in a policy, though a host name may have them. */
const origin = /^https?:\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?$/;
const max = 100;

/** Other sites that are permitted something. */
export type Origins = {
  /** Sites whose pages may show Sonde in a frame, as sources of a content security policy: origins, or `'self'`. */
  readonly frameAncestors: readonly string[];
  /** Sites whose pages may use the API with an API key. */
  readonly corsOrigins: readonly string[];
};

/** Reads `SONDE_FRAME_ANCESTORS` and `SONDE_CORS_ORIGINS`: no site unless one is named. Throws {@link ConfigError}. */
export function readOrigins(frames = '', cors = ''): Origins {
  return {
    frameAncestors: readList('SONDE_FRAME_ANCESTORS', frames, ['self']).map((one) => (one === 'self' ? "'self'" : one)),
    corsOrigins: readList('SONDE_CORS_ORIGINS', cors, []),
  };
}

function readList(name: string, value: string, words: readonly string[]): readonly string[] {
  const parts = value.split(',').map((part) => part.trim());
  const given = parts.filter((part) => part !== '');
  if (given.length > max) throw new ConfigError(`${name} takes at most ${max} origins`);
  return [...new Set(given.map((part) => (words.includes(part) ? part : readOrigin(name, part))))];
}

function readOrigin(name: string, value: string): string {
  const url = URL.parse(value);
  const isWhole = url !== null && [url.origin, `${url.protocol}//${url.host}`].includes(url.href.replace(/\/$/, ''));
  if (!isWhole || value.endsWith('/') || !origin.test(url.origin))
    throw new ConfigError(
      `${name} takes origins such as https://home.example.org, each in full and without a path, not ${JSON.stringify(value)}`,
    );
  return url.origin;
}
