import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { watch } from './watch.ts';

test('looking again and again ends once nobody reads it any more', async () => {
  let looks = 1;
  const output = Object.assign(new EventEmitter(), {
    isTTY: false,
    write: () => {
      if (looks === 3) output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      if (looks > 9) throw new Error('it went on');
      return true;
    },
  });
  // A closed pipe is no error of the program: it listens for its own part.
  output.on('error', () => {});
  const watched = {
    take: async () => {
      looks += 1;
    },
    show: () => ({ code: 1, lines: ['{}'] }),
    everySeconds: 0,
    isPicture: false,
    isLines: true,
  };
  // Safe: of the streams, no more is used where no terminal is.
  const io = { input: {} as ReadStream, output: output as unknown as WriteStream };
  expect(await watch(watched, io)).toBe(1);
  expect([looks, output.listenerCount('error')]).toEqual([3, 1]);
});

test('a terminal that becomes smaller is drawn anew at once, and left as it was', async () => {
  const written: string[] = [];
  const output = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: 80,
    write: (text: string) => written.push(text) > 0,
  });
  let looks = 0;
  const watched = {
    take: async () => {
      looks += 1;
      if (looks === 2) throw new Error('The host ended it');
      output.columns = 50;
      output.emit('resize');
      expect(written.at(-1)).toBe('\u001b[H50 columns\u001b[K\u001b[J');
    },
    show: () => ({ code: 0, lines: [`${output.columns} columns`] }),
    everySeconds: 0,
    isPicture: true,
    isLines: false,
  };
  // Safe: as above; there is no keyboard.
  const io = { input: {} as ReadStream, output: output as unknown as WriteStream };
  await expect(watch(watched, io)).rejects.toThrow('The host ended it');
  expect([written[0], written.at(-1)]).toEqual(['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l50 columns\n']);
  expect(output.listenerCount('resize')).toBe(0);
});
