import { expect, test } from 'vitest';
import { openShell, type Shell, type Stream } from './shell.ts';

/** A host that is ready at once and then says what it is told to. */
async function host(): Promise<{
  readonly shell: Shell;
  readonly say: (chunk: Buffer) => void;
  readonly isClosed: () => boolean;
}> {
  let say: (chunk: Buffer) => void = () => {};
  let closed = false;
  let whenClosed = (): void => {};
  const stream: Stream = {
    write: (text) => {
      const token = /ready ([0-9a-f]+)/.exec(text)?.[1];
      if (token) queueMicrotask(() => say(Buffer.from(`\n@@ready ${token}\n`)));
    },
    onData: (listener) => {
      say = listener;
    },
    complaints: () => [],
    onClose: (listener) => {
      whenClosed = listener;
    },
    close: () => {
      closed = true;
      whenClosed();
    },
  };
  const shell = await openShell(stream, (token) => `ready ${token}`, 1_000);
  return { shell, say: (chunk) => say(chunk), isClosed: () => closed };
}

test('of 256 hosts that send 7 MB each at once some are cut off, and one with an ordinary answer is not', async () => {
  const hosts = await Promise.all([...Array(256)].map(host));
  const ordinary = await host();
  const answers = hosts.map(({ shell }) => shell.request('', 60_000));
  const own = ordinary.shell.request('', 60_000);
  ordinary.say(Buffer.alloc(20_000, 'x'));
  // One buffer for all: what is counted is what they would hold.
  const piece = Buffer.alloc(1_000_000, 'x');
  for (let sent = 0; sent < 7; sent += 1) for (const one of hosts) if (!one.isClosed()) one.say(piece);
  const cut = hosts.filter(({ isClosed }) => isClosed());
  expect(hosts.length - cut.length).toBeLessThanOrEqual(128);
  expect(cut.length).toBeGreaterThan(0);
  expect(ordinary.isClosed()).toBe(false);
  for (const one of [...hosts, ordinary]) one.shell.close();
  expect((await own).text).toHaveLength(20_000);
  await Promise.all(answers);
});
