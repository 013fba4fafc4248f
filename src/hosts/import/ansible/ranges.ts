import { limits } from '../candidate.ts';

/** Enough for fifty groups that each name ten thousand hosts. */
const maxNames = 1_500_000;
const tooMany = { error: 'The ranges in these files produce too many names. Import them in parts' };
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A host pattern of an inventory, with its port if it names one. Source: Ansible's guide “How to build your inventory”. */
export function readPattern(pattern: string): { readonly name: string; readonly port: number | null } {
  const [ending, digits = ''] = /:(\d{1,5})$/.exec(pattern) ?? [];
  const name = pattern.slice(0, pattern.length - (ending ?? '').length);
  const isIpv6 = name.startsWith('[') && name.indexOf(']') === name.length - 1 && name.split(':').length > 2;
  // Any other colon before the port is part of a range.
  if (ending === undefined || !(isIpv6 || !name.replaceAll(/\[[^[\]]*\]/g, '').includes(':')))
    return { name: pattern, port: null };
  return { name: isIpv6 ? name.slice(1, -1) : name, port: Number(digits) };
}

/** Expands patterns into names, with one limit for all patterns of an import; each part of a name counts. */
export class Ranges {
  #left: number;

  constructor(most = maxNames) {
    this.#left = most;
  }

  /**
   * `web[01:20:2].example`, `db-[a:f]`, or several of these: the names they stand for, or one sentence why there are
   * none.
   */
  expand(name: string): readonly string[] | { readonly error: string } {
    if (this.#left < 0) return tooMany;
    const parts: (string | readonly string[])[] = [];
    let [count, done] = [1, 0];
    for (const { 0: range, 1: inner = '', index } of name.matchAll(/\[([^[\]]*)\]/g)) {
      if (!inner.includes(':')) continue;
      const values = valuesOf(inner);
      if (values === null) return { error: `${range} is not a range` };
      count *= values.length;
      if (count > limits.hosts) return { error: `${range} stands for more than ${limits.hosts} hosts` };
      parts.push(name.slice(done, index), values);
      done = index + range.length;
    }
    this.#left -= count * (parts.length + 1);
    if (this.#left < 0) return tooMany;
    let names: readonly string[] = [''];
    for (const part of [...parts, name.slice(done)])
      names =
        typeof part === 'string'
          ? names.map((one) => one + part)
          : names.flatMap((one) => part.map((value) => one + value));
    return names;
  }
}

function valuesOf(range: string): readonly string[] | null {
  const [from = '', to = '', by = '1', ...rest] = range.split(':');
  const step = Number(by);
  if (rest.length > 0 || !/^\d{1,6}$/.test(by) || step < 1) return null;
  const [begin, end] = [letters.indexOf(from || '0'), letters.indexOf(to)];
  if (from.length === 1 && to.length === 1 && begin >= 0 && end >= begin)
    return letters
      .slice(begin, end + 1)
      .split('')
      .filter((_, index) => index % step === 0);
  if (!/^\d{0,9}$/.test(from) || !/^\d{1,9}$/.test(to)) return null;
  const isFilled = from.length > 1 && from.startsWith('0');
  if (isFilled && from.length !== to.length) return null;
  const count = Math.floor((Number(to) - Number(from)) / step) + 1;
  if (count < 1 || count > limits.hosts) return count < 1 ? null : Array.from({ length: limits.hosts + 1 }, () => '');
  return Array.from({ length: count }, (_, index) =>
    String(Number(from) + index * step).padStart(isFilled ? from.length : 0, '0'),
  );
}
