import { expect, test, vi } from 'vitest';
import type { Family } from '../model/export/series.ts';
import type { Poster } from './post.ts';
import { remoteWrite } from './protocols/remote-write.ts';
import { Sender } from './sender.ts';

const x: Family = { name: 'x', type: 'gauge', help: 'Something' };
const target = { labels: { instance: 'web' }, hostName: 'web', startedAt: null };

test('a request that cannot be compressed is counted and said, and what comes after it is sent', async () => {
  let now = 0;
  const bodies: Uint8Array[] = [];
  const poster: Poster = {
    post: async (body) => {
      bodies.push(body);
      return { status: 204, retryAfter: null, contentType: undefined, bytes: Buffer.alloc(0) };
    },
    close: () => undefined,
  };
  const pack = vi.fn(remoteWrite.pack).mockRejectedValueOnce(new Error('no memory'));
  const sender = new Sender({
    clock: { now: () => now, monotonic: () => now },
    protocol: { ...remoteWrite, pack },
    poster,
    receiver: 'sink',
    told: (answer) => answer,
    maxBytes: () => 1 << 20,
  });
  const send = (value: number): void => {
    sender.write(4, (request) => request.add(x, {}, target, value, value));
    now += 1_000;
    sender.tick();
  };
  send(1);
  await vi.waitFor(() => expect(sender.standing()).toMatchObject({ failed: 1, waitingBytes: 0 }));
  expect(sender.standing()).toMatchObject({ state: 'failing', error: 'A request could not be compressed: no memory' });
  send(2);
  await vi.waitFor(() => expect(sender.standing()).toMatchObject({ state: 'ok', sent: 1, failed: 1, waitingBytes: 0 }));
  expect(bodies).toHaveLength(1);
  await sender.close(AbortSignal.abort());
});
