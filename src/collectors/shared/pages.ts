import { linesOf } from './text.ts';

/**
 * Finds the size of the host's pages once, when the sampler starts: `$P`, in bytes; empty: unknown, or not Linux. Where
 * `getconf` is missing, the kernel tells it: it reports the address space of a process in pages (statm) and in bytes
 * (stat). The sampler's shell waits meanwhile, so the two are about the same pages. Source: getconf(1), proc_pid_statm(5),
 * proc_pid_stat(5).
 */
export const pageSizeShell = `pages() {
getconf PAGESIZE && return
read -r s x </proc/$$/statm && read -r x </proc/$$/stat || return
x=\${x##*\\) }
set -- $x
[ $((\${21} % s)) = 0 ] && echo $((\${21} / s))
}
P=
[ "$O" = Linux ] && P=$(pages </dev/null)`;

/** Prints `$P` under the heading `page`. */
export const pageShell = 'echo "@$n page $P"';

/** The sizes that pages of Linux have; anything else was not understood. */
const sizes: ReadonlySet<number> = new Set([4, 8, 16, 32, 64, 128, 256].map((kib) => kib * 1024));

/**
 * The size of a page in bytes, from what the sampler printed of it; null: unknown. Samplers of earlier versions, which
 * may still be in authorized_keys, print the line `KernelPageSize` of /proc/self/smaps.
 */
export function pageBytesOf(told: string | undefined): number | null {
  const [, bytes, kib] = /^(?:(\d{4,6})|KernelPageSize: (\d{1,3}) kB)$/.exec(told ?? '') ?? [];
  const size = bytes === undefined ? Number(kib) * 1024 : Number(bytes);
  return sizes.has(size) ? size : null;
}

/** The size of a page in bytes, from the line `pagesize` of a sample; null: unknown. */
export function pageBytesIn(files: string): number | null {
  return pageBytesOf(linesOf(files, 'pagesize')[0]);
}
