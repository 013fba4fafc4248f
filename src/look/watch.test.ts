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
