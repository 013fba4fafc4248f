import { isPageAddress } from '../../model/page-addresses.ts';

const origin = 'http://page.invalid';
/** A cookie contains it, and browsers drop cookies beyond 4 KiB. */
const maxLength = 600;

/** A path of the page that somebody is led to, with its query; the start page for anything else, so that no link leads elsewhere. */
export function pagePath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > maxLength) return '/';
  const url = URL.parse(wanted, origin);
  if (url === null || url.origin !== origin || !isPageAddress(url.pathname)) return '/';
  // Encoded, it may be nine times as long.
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.length > maxLength ? '/' : path;
}
