import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { plain } from '../lib/bounds/terminal.ts';
import { ConfigError } from './errors.ts';

/** The person at the terminal, if there is one. Questions go to standard error, so that standard output can be used. */
export type Terminal = {
  readonly canAsk: boolean;
  /** Throws ConfigError if the person gives up. */
  readonly ask: (question: string) => Promise<string>;
  /** The same without showing what is typed. */
  readonly askSecret: (question: string) => Promise<string>;
};

/** The terminal that a program was started in. */
export function openTerminal(input: ReadStream, output: WriteStream): Terminal {
  const ask = async (question: string, isHidden: boolean): Promise<string> => {
    const above = question.split('\n').map(plain);
    const last = above.pop() ?? '';
    for (const line of above) output.write(`${line}\n`);
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input, output: isHidden ? silent : output, terminal: true });
    // By now the terminal shows nothing that is typed.
    if (isHidden) output.write(last);
    const over = new AbortController();
    lines.once('SIGINT', () => over.abort());
    lines.once('close', () => over.abort());
    try {
      return await lines.question(isHidden ? '' : last, { signal: over.signal });
    } catch (error) {
      throw over.signal.aborted ? new ConfigError('Ended, because a question was not answered') : error;
    } finally {
      lines.close();
      if (isHidden) output.write('\n');
    }
  };
  return {
    canAsk: input.isTTY && output.isTTY,
    ask: (question) => ask(question, false),
    askSecret: (question) => ask(question, true),
  };
}
