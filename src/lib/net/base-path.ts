/**
 * The path below which a proxy shows Sonde. Everything that a browser is told of goes below it; what arrives may still have
 * it or not, since some proxies remove it.
 */

const segment = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;
const maxLength = 100;

/** `/sonde` or `/tools/sonde` from what somebody wrote, with or without a slash at the end; `''` for the root. Null: it is none. */
export function readBasePath(value: string): string | null {
  if (value === '' || value === '/') return '';
  const path = value.replace(/\/$/, '');
  const [before, ...segments] = path.split('/');
  if (before !== '' || path.length > maxLength) return null;
  return segments.every((part) => segment.test(part)) ? path : null;
}

/** The path of a request without the base path; as it is where it is not below it. `/sonde` alone is not: it lacks its slash. */
export function withoutBasePath(url: string, basePath: string): string {
  return basePath !== '' && url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url;
}

/** The path of cookies: they are sent to nothing else of the same site. */
export function cookiePath(basePath: string): string {
  return basePath === '' ? '/' : basePath;
}
