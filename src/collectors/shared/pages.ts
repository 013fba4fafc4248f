import { parts } from './text.ts';

/** Prints the size of a page under the heading `page`; the kernel's own files tell it where `getconf` is missing. */
export const pageShell = `p=$(getconf PAGESIZE) || while read -r k v u; do [ "$k" = KernelPageSize: ] && p=$((v*1024)) && break; done </proc/self/smaps
echo "@$n page $p"`;

/** The size of a page that {@link pageShell} printed, in bytes; NaN: none. */
export function pageBytesIn(text: string): number {
  const told = parts(text).get('page')?.head ?? '';
  return /^\d{4,7}$/.test(told) ? Number(told) : Number.NaN;
}
