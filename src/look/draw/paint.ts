/** Colours, where the reader sees them. Only the sixteen of the terminal's own theme, so they fit a dark and a light one. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'good' | 'warn' | 'bad' | 'accent', (text: string) => string>>;

const codes = { bold: [1, 22], dim: [2, 22], good: [32, 39], warn: [33, 39], bad: [31, 39], accent: [36, 39] } as const;

/** Paints, or leaves texts as they are. */
export function createPaint(hasColours: boolean): Paint {
  const painter =
    ([on, off]: readonly [number, number]) =>
    (text: string): string =>
      hasColours && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: painter(codes.bold),
    dim: painter(codes.dim),
    good: painter(codes.good),
    warn: painter(codes.warn),
    bad: painter(codes.bad),
    accent: painter(codes.accent),
  };
}

/** Whether to use colours. Source: no-color.org; FORCE_COLOR as in Node. */
export function wantsColours(isTty: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0') return true;
  return isTty && env.TERM !== 'dumb';
}

const full = '█';
const empty = '░';
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of so many columns for a ratio 0…1, in the colour of its severity; `warn` and `bad` are ratios. */
export function bar(paint: Paint, ratio: number, columns: number, warn = 0.9, bad = 0.97): string {
  const part = Math.min(1, Math.max(0, ratio)) * columns;
  const whole = Math.floor(part);
  const rest = whole < columns ? (eighths[Math.floor((part - whole) * 8)] ?? '') : '';
  const filled = `${full.repeat(whole)}${rest}`;
  const colour = ratio >= bad ? paint.bad : ratio >= warn ? paint.warn : paint.good;
  return `${colour(filled)}${paint.dim(empty.repeat(columns - filled.length))}`;
}

const levels = '▁▂▃▄▅▆▇█';

/** A line of ratios 0…1, one column each. */
export function spark(ratios: readonly number[]): string {
  return ratios.map((ratio) => levels[Math.min(7, Math.max(0, Math.round(ratio * 7)))]).join('');
}
