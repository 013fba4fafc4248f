/** The path below which a proxy shows Sonde, as Sonde wrote it into the page: `''` or `/sonde`. Tests have no page. */
export const basePath: string =
  globalThis.document?.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';

/** Where a path of Sonde is for the browser: an address of the page or of the API. The router does this for its own links. */
export function at(path: string): string {
  return `${basePath}${path}`;
}

/** A path of the browser's address as a path of Sonde, as the router takes it. */
export function withoutBase(pathname: string, base: string = basePath): string {
  if (base === '' || !isBelow(pathname, base)) return pathname;
  return pathname.slice(base.length) || '/';
}

/**
 * Where the page must be instead: Sonde also answers without the base path, to proxies that remove it, but the page can only be
 * below it. Null where it is.
 */
export function rightPlace(
  { pathname, search, hash }: Pick<Location, 'pathname' | 'search' | 'hash'>,
  base: string = basePath,
): string | null {
  return isBelow(pathname, base) ? null : `${base}${pathname}${search}${hash}`;
}

const isBelow = (pathname: string, base: string): boolean =>
  base === '' || pathname === base || pathname.startsWith(`${base}/`);
