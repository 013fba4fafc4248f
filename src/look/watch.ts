import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadStream, WriteStream } from 'node:tty';

/** What one look prints, and the exit code that goes with it. */
export type Shown = { readonly code: number; readonly lines: readonly string[] };

export type Watched = {
  readonly take: (signal: AbortSignal) => Promise<void>;
  readonly show: () => Shown;
  readonly everySeconds: number;
  /** On a terminal, each picture takes the place of the last. */
  readonly isPicture: boolean;
  /** Each look is a line, so nothing is between two. */
  readonly isLines: boolean;
};

const usualRows = 24;
/** q, and Ctrl-C, which is a key like any other while keys are read one by one. */
const endKeys = ['q', '\u0003'];

/** Looks again and again until the person ends it, nobody reads what is printed, or the host ends it. */
export async function watch(
  { take, show, everySeconds, isPicture, isLines }: Watched,
  { input, output }: { readonly input: ReadStream; readonly output: WriteStream },
): Promise<number> {
  const over = new AbortController();
  const isScreen = output.isTTY && isPicture;
  const end = (): void => over.abort();
  const key = (typed: Buffer): void => {
    if (endKeys.some((one) => typed.includes(one))) end();
  };
  let last = show();
  const draw = (): void => {
    const shown = last.lines.slice(0, (output.rows || usualRows) - 1).map((line) => `${line}\u001b[K`);
    if (isScreen) output.write(`\u001b[H${shown.join('\n')}\u001b[J`);
    else output.write(`${last.lines.join('\n')}\n${isLines ? '' : '\n'}`);
  };
  const resize = (): void => {
    last = show();
    draw();
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  // As in `… | head`: without this, it would log in to the host for nobody.
  output.on('error', end);
  if (isScreen && input.isTTY) input.setRawMode(true).on('data', key).resume();
  // The other screen, as pagers use it: what was there comes back.
  if (isScreen) output.on('resize', resize).write('\u001b[?1049h\u001b[?25l');
  try {
    for (;;) {
      draw();
      await sleep(1000 * everySeconds, undefined, { signal: over.signal });
      await unlessAborted(take(over.signal), over.signal);
      last = show();
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
    return last.code;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    output.off('error', end).off('resize', resize);
    if (isScreen && input.isTTY) input.off('data', key).setRawMode(false).pause();
    if (isScreen) output.write(`\u001b[?25h\u001b[?1049l${last.lines.join('\n')}\n`);
  }
}

/** Waits no longer than a signal lets it. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', aborted))
      .catch(() => {});
  });
}
