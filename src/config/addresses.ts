import { readBasePath } from '../lib/net/base-path.ts';
import { ConfigError } from './errors.ts';

/** Where people open Sonde. */
export type Addresses = {
  /** The path below which everything is: `''` or `/sonde`. See `src/lib/net/base-path.ts`. */
  readonly basePath: string;
  /** The whole address with the base path, without a slash at its end, for links; null: unknown. */
  readonly publicUrl: string | null;
};

/** Reads `SONDE_BASE_PATH` and `SONDE_PUBLIC_URL`, which must not contradict each other. Throws {@link ConfigError}. */
export function readAddresses(givenPath = '', givenUrl: string | undefined): Addresses {
  const basePath = readBasePath(givenPath);
  if (basePath === null)
    throw new ConfigError(
      `SONDE_BASE_PATH must be a path of letters, digits and . _ ~ -, such as /sonde, not ${JSON.stringify(givenPath)}`,
    );
  if (givenUrl === undefined) return { basePath, publicUrl: null };
  const url = URL.parse(givenUrl);
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!url || !/^https?:$/.test(url.protocol) || !isPlain)
    throw new ConfigError(
      `SONDE_PUBLIC_URL must be the address at which people open Sonde, such as https://sonde.example.org, not "${givenUrl}"`,
    );
  const path = url.pathname.replace(/\/+$/, '');
  if (basePath !== '' && path !== '' && path !== basePath)
    throw new ConfigError(
      `SONDE_PUBLIC_URL and SONDE_BASE_PATH name two paths, ${path} and ${basePath}. Leave the path out of SONDE_PUBLIC_URL`,
    );
  return { basePath, publicUrl: `${url.origin}${path === '' ? basePath : path}` };
}

/** Sentences about addresses that can be right, but usually are not. */
export function addressWarnings({ basePath, publicUrl }: Addresses): readonly string[] {
  const path = publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
  if (basePath !== '' || path === '') return [];
  return [`SONDE_PUBLIC_URL has the path ${path}, below which the page works only with SONDE_BASE_PATH=${path}`];
}
