/** Hosts that are changed or removed in the very moment in which something is done with them. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ada, startHosts, web } from '../../test/support/hosts.ts';
import { startSsh2Server } from '../../test/support/ssh2-server.ts';
import { openEmbedded } from '../backends/embedded.ts';
import { HostError } from '../model/failure.ts';
import { failure } from '../ssh/failures.ts';
import type { Reach } from './connections/reach.ts';
import { Scheduler } from './scheduler.ts';

/** The real inventory; without `reach` also the real way to connect. */
async function site(reach?: Reach) {
  const { db, hosts } = await startHosts();
  const scheduler = await Scheduler.open({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    inventory: hosts.inventory,
    holds: hosts.holds,
    bus: openEmbedded(() => {}).bus,
    onError: () => {},
    ...(reach ? { reach } : {}),
  });
  return { db, hosts, scheduler };
}

test('the new password of a host that moved is not sent to where it was', async () => {
  const [before, after] = [await startSsh2Server('reject'), await startSsh2Server('reject')];
  const { hosts, scheduler } = await site();
  const there = { ...web, ip: '127.0.0.1', port: before.port, password: 'of the old machine' };
  const { id } = await hosts.records.create(ada, there);
  await scheduler.reload(id);
  // Saved; the scheduler hears of it a moment later. Meanwhile somebody starts the host.
  await hosts.records.update(ada, id, { port: after.port, password: 'of the new machine' });
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody is asked'));
  const started = scheduler.watch(id)?.start({ ask: nobody, mayOverride: true }, () => {});
  await expect(started).rejects.toMatchObject({ failure: { reason: 'cancelled' } });
  expect(before.passwords).toEqual([]);
  await scheduler.close();
  before.close();
  after.close();
});

test.each(['reload', 'reloadAll'] as const)('a host that is removed during %s is not watched on', async (reading) => {
  const reach: Reach = {
    connect: () => Promise.reject(new HostError(failure('handshake', 'timed-out'))),
    ping: async () => ({ up: true, latencyMs: 1, failure: null }),
  };
  for (let turns = 0; turns < 60; turns += 1) {
    const { db, hosts, scheduler } = await site(reach);
    const { id: credentialId } = await hosts.credentials.create(ada, {
      name: 'c',
      authType: 'password',
      password: 'p',
    });
    const jump = await hosts.records.create(ada, web);
    const behind = { ...web, authType: 'credential', credentialId, jumpHosts: [{ hostId: jump.id }] };
    const { id } = await hosts.records.create(ada, behind);
    await scheduler.reloadAll();
    const removed = (async () => {
      for (let left = turns; left > 0; left -= 1) await Promise.resolve();
      await hosts.records.remove(ada, id);
      scheduler.forget(id);
    })();
    await Promise.all([scheduler[reading](id), removed]);
    await turn();
    expect([turns, scheduler.watch(id)]).toEqual([turns, undefined]);
    await scheduler.close();
    await db.destroy();
  }
});

test('when a host is removed, the hosts that list it as a jump host are read again', async () => {
  const { hosts, scheduler } = await site({
    connect: () => Promise.reject(new HostError(failure('handshake', 'timed-out'))),
    ping: async () => ({ up: true, latencyMs: 1, failure: null }),
  });
  const jump = await hosts.records.create(ada, web);
  const { id } = await hosts.records.create(ada, { ...web, jumpHosts: [{ hostId: jump.id }] });
  await scheduler.reloadAll();
  await hosts.records.remove(ada, jump.id);
  const listing = scheduler.forget(jump.id);
  expect(listing).toEqual([id]);
  expect(scheduler.watch(id)?.target.revision).not.toBe((await hosts.inventory.target(id))?.revision);
  await scheduler.reload(id);
  expect(scheduler.watch(id)?.target.revision).toBe((await hosts.inventory.target(id))?.revision);
  await scheduler.close();
});

test('a viewer who arrives during a status check is served right after it', async () => {
  let answer = (): void => {};
  const pinged = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let isPinging = (): void => {};
  const pinging = new Promise<void>((resolve) => {
    isPinging = resolve;
  });
  let connected = (): void => {};
  const connecting = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const { hosts, scheduler } = await site({
    connect: () => {
      connected();
      return Promise.reject(new HostError(failure('handshake', 'timed-out')));
    },
    ping: async () => {
      isPinging();
      await pinged;
      return { up: true, latencyMs: 1, failure: null };
    },
  });
  // Without a viewer nothing is sampled, with one once an hour: a sample that is passed over is not made good by the next.
  await hosts.settings.history.set({ enabled: false });
  const statsConfig = { useGlobalMetricsInterval: false, metricsInterval: 3600 };
  const { id } = await hosts.records.create(ada, { ...web, statsConfig });
  await scheduler.reload(id);
  await pinging;
  scheduler.viewers.register(id, ada.id, 'v');
  scheduler.watchersChanged(id);
  // The tick for it comes while the ping is still under way.
  const watch = scheduler.watch(id);
  while ((watch?.skipped ?? 1) === 0) await turn();
  answer();
  await connecting;
  await scheduler.close();
});
