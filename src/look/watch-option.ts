/** How often `--watch` looks when nobody says. */
const usualSeconds = 5;

/** A value of `--watch` is optional, which parseArgs does not know: a number behind it is one, anything else is the host. */
export function withSeconds(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const found: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [arg = '', next = ''] = [args[at], at + 1 < end ? args[at + 1] : ''];
    if (arg !== '--watch' || at >= end) found.push(arg);
    else if (/^-?\d+(\.\d+)?s?$/.test(next)) {
      found.push(`--watch=${next}`);
      at += 1;
    } else found.push(`--watch=${usualSeconds}`);
  }
  return found;
}
