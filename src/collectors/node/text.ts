/**
 * The lines of one file as `grep` prints them, without its path before each. Nothing is copied but the lines. `null` files are
 * empty.
 */
export function eachLine(files: ReadonlyMap<string, string>, path: string, take: (line: string) => void): void {
  const text = files.get(path);
  if (text === undefined) return;
  const skip = path.length + 1;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    if (stop > at + skip) take(text.slice(at + skip, stop));
    at = stop + 1;
  }
}

/** The first line of a file; undefined if it has none. */
export function firstLine(files: ReadonlyMap<string, string>, path: string): string | undefined {
  const text = files.get(path);
  if (text === undefined) return undefined;
  const end = text.indexOf('\n');
  const line = text.slice(path.length + 1, end < 0 ? text.length : end).trim();
  return line === '' ? undefined : line;
}

/** A number as the kernel prints it; NaN, which no series takes, for anything else. */
export function numeric(text: string | undefined): number {
  if (text === undefined || text.length > 25 || !/^-?\d+(\.\d+)?$/.test(text)) return Number.NaN;
  const value = Number(text);
  return Math.abs(value) <= 2 ** 64 ? value : Number.NaN;
}

/**
 * Scans the whole numbers of a line from `at` on into `into`, and returns how many there were. What is no digit, space or tab ends
 * it; so does a number of more than 20 digits.
 */
export function scanNumbers(line: string, at: number, into: Float64Array): number {
  let count = 0;
  let value = 0;
  let digits = 0;
  for (let index = at; index <= line.length && count < into.length; index += 1) {
    const code = index < line.length ? line.charCodeAt(index) : 32;
    if (code >= 48 && code <= 57) {
      value = value * 10 + code - 48;
      digits += 1;
      if (digits > 20) return count;
    } else if (code === 32 || code === 9) {
      if (digits > 0) {
        into[count] = value;
        count += 1;
      }
      value = 0;
      digits = 0;
    } else return count;
  }
  return count;
}
