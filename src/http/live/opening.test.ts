/** What is sent to a stream that is just being opened, and to whom. */
import { expect, test, vi } from 'vitest';
import { startHub } from '../../../test/support/live-hub.ts';

function setUp(...given: Parameters<typeof startHub>) {
  const { hub, seen, tell } = startHub(...given);
  const open = async (userId: string, since = '') => {
    const written: string[] = [];
    const write = (text: string): boolean => written.push(text) > 0;
    const sink = { write, end: () => {}, cut: () => {}, pendingBytes: () => 0, once: () => {} };
    const user = { id: userId, isAdmin: false };
    return { written, opening: hub.open({ user, detailed: new Set<number>(), since, onEnd: () => {}, sink }) };
  };
  return { open, seen, tell };
}

test('another user does not go on where the one before them was', async () => {
  const { open, seen } = setUp(async ({ id }) => (id === 'ann' ? [1] : [2]));
  seen(1, 10);
  seen(2, 10);
  const ann = await open('ann');
  await ann.opening;
  const id = /^id: (\S+)$/m.exec(ann.written.at(-1) ?? '')?.[1] ?? '';
  const bob = await open('bob', id);
  await bob.opening;
  expect(bob.written.join('')).toContain('"resumed":false');
  expect(bob.written.join('')).toContain('event: hosts\ndata: [{"id":2}]');
});

test('a host whose share ends while a stream opens is not shown in it', async () => {
  let visible: readonly number[] = [1];
  let go = () => {};
  let isFirst = true;
  const { open, seen, tell } = setUp(async () => {
    const found = visible;
    if (isFirst)
      await new Promise<void>((done) => {
        go = done;
      });
    isFirst = false;
    return found;
  });
  const { written, opening } = await open('ann');
  visible = [];
  tell(1);
  go();
  await opening;
  seen(1, 10);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written.join('')).not.toContain('"status":"online"');
});

test('hello comes first', async () => {
  const { open, seen } = setUp(async () => [1], 500);
  const { written, opening } = await open('ann');
  await vi.advanceTimersByTimeAsync(50);
  seen(1, 10);
  await vi.advanceTimersByTimeAsync(2_000);
  await opening;
  expect(written[0]).toContain('event: hello');
});

test('a stream whose first write throws is not kept', async () => {
  const { hub } = startHub(async () => [1]);
  const end = vi.fn();
  const onEnd = vi.fn();
  const open = (): Promise<unknown> =>
    hub.open({
      user: { id: 'ann', isAdmin: false },
      detailed: new Set<number>(),
      since: '',
      onEnd,
      sink: {
        write: () => {
          throw new Error('gone');
        },
        end,
        cut: () => {},
        pendingBytes: () => 0,
        once: () => {},
      },
    });
  for (let count = 0; count < 20; count += 1) await expect(open()).rejects.toThrow('gone');
  hub.close();
  expect(end).toHaveBeenCalledTimes(20);
  expect(onEnd).toHaveBeenCalledTimes(20);
});
