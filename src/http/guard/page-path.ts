import { isPageAddress } from '../../model/page-addresses.ts';

const origin = 'http://page.invalid';
const maxLength = 1_000;

/** A path of the page that somebody is led to, with its query; the start page for anything else, so that no link leads elsewhere. */
export function pagePath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > maxLength) return '/';
  const url = URL.parse(wanted, origin);
  if (url === null || url.origin !== origin || !isPageAddress(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
