/** Hosts that nobody looks at, on a clock of our own. */
import { describe, expect, test } from 'vitest';
import { heldHost, minuteMs, onFakeClock, pass, site } from '../../test/support/day.ts';
import { watched } from '../../test/support/watched.ts';
import type { Held } from './connections/hold.ts';

onFakeClock();

describe('a host without watchers', () => {
  test('is pinged and never connected to', async () => {
    const here = await site(
      [watched(1, { collectAlways: false })],
      async () => heldHost(),
      () => true,
    );
    await pass(30 * minuteMs);
    expect(here.connects).toBe(0);
    expect(here.pings).toBeGreaterThanOrEqual(29);
  });

  test('is sampled at once when somebody comes, and let go when their heartbeats end', async () => {
    const host = heldHost();
    const here = await site(
      [watched(1, { collectAlways: false })],
      async () => host,
      () => true,
    );
    await pass(minuteMs);
    here.scheduler.viewers.register(1, 'ada', 'tab');
    here.scheduler.watchersChanged(1);
    await pass(2_000);
    expect(here.seen.filter(({ sample }) => sample !== null)).toHaveLength(2);
    await pass(4 * minuteMs);
    expect(host.isOpen()).toBe(false);
    const { connects } = here;
    await pass(30 * minuteMs);
    expect(here.connects).toBe(connects);
  });

  test.each([0, 1, 3])(
    'is let go when nobody looks any more, also where %d connections before were lost',
    async (times) => {
      const hosts: ReturnType<typeof heldHost>[] = [];
      const here = await site(
        [watched(1, { collectAlways: false })],
        async () => {
          hosts.push(heldHost());
          return hosts.at(-1) as Held;
        },
        () => true,
      );
      const { viewers, watchersChanged } = here.scheduler;
      viewers.register(1, 'ada', 'tab');
      watchersChanged(1);
      const stay = async (minutes: number): Promise<void> => {
        for (let left = minutes; left > 0; left -= 1) {
          viewers.heartbeat('ada', 'tab');
          await pass(minuteMs);
        }
      };
      await stay(1);
      for (let time = 0; time < times; time += 1) {
        hosts.at(-1)?.fail();
        await stay(5);
      }
      expect(hosts.filter((host) => host.isOpen())).toHaveLength(1);
      viewers.unregister('ada', 'tab');
      watchersChanged(1);
      await pass(60 * minuteMs);
      expect(hosts.filter((host) => host.isOpen())).toHaveLength(0);
    },
  );

  test('is not sampled twice within a second, whoever asks: rates of so short a time are chance', async () => {
    const here = await site(
      [watched(1, { collectAlways: false })],
      async () => heldHost(),
      () => true,
    );
    const samples = (): number => here.seen.filter(({ sample }) => sample !== null).length;
    const watch = here.scheduler.watch(1);
    const started: Promise<void>[] = [];
    for (const viewer of ['a', 'b', 'c']) {
      here.scheduler.viewers.register(1, 'ada', viewer);
      here.scheduler.watchersChanged(1);
      watch?.refresh();
      if (watch)
        started.push(
          watch.start({ ask: () => Promise.reject(new Error('nobody is there')), mayOverride: true }, () => {}),
        );
      await pass(100);
    }
    expect(samples()).toBe(1);
    await pass(1_000);
    expect(samples()).toBe(2);
    await pass(500);
    await Promise.all(started);
    expect(samples()).toBe(2);
  });
});
