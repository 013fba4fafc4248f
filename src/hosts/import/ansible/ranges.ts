import { limits } from '../candidate.ts';

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A host pattern of an inventory, with its port if it names one. Source: Ansible's guide “How to build your inventory”. */
export function readPattern(pattern: string): { readonly name: string; readonly port: number | null } {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]*:[^\]]*:[^\]]*)\]|((?:[^:[\]]|\[[^\]]*\])*)):(\d{1,5})$/.exec(pattern) ?? [];
  return port === undefined ? { name: pattern, port: null } : { name: bracketed ?? plain ?? '', port: Number(port) };
}

/** `web[01:20:2].example`, `db-[a:f]`, several of them: the names that are meant, or one sentence why there are none. */
export function expandRanges(name: string): readonly string[] | { readonly error: string } {
  let names: string[] = [name];
  for (;;) {
    const [first = ''] = names;
    const [range, inner = ''] = /\[([^[\]]*:[^[\]]*)\]/.exec(first) ?? [];
    if (range === undefined) return names;
    const values = valuesOf(inner);
    if (values === null) return { error: `${range} is not a range` };
    if (values.length * names.length > limits.hosts)
      return { error: `${range} stands for more than ${limits.hosts} hosts` };
    names = names.flatMap((one) => values.map((value) => one.replace(range, () => value)));
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
