import { afterEach, expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../test/support/hosts.ts';
import { openEmbedded } from '../backends/embedded.ts';
import type { WatchTarget } from '../model/host.ts';
import { createControl } from './control.ts';
import { Scheduler } from './scheduler.ts';

/** So many hosts that nothing of what is done here is about. */
const many = 300;
const quiet = { statusCheckEnabled: false };
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Many hosts of Ada, on a scheduler, and how many rows of the database are read. */
async function site() {
  let rows = 0;
  const { hosts } = await startHosts(undefined, true, {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      rows += result.rows.length;
      return result;
    },
  });
  for (let n = 0; n < many; n += 1)
    await hosts.records.create(ada, { ...web, ip: `192.0.2.${n % 250}`, statsConfig: quiet });
  const onError = (error: unknown): never => {
    throw error;
  };
  const { bus, snapshots } = openEmbedded(onError);
  const clock = { now: () => 0, monotonic: () => 0 };
  const scheduler: Scheduler = await Scheduler.open({
    clock,
    holds: hosts.holds,
    inventory: hosts.inventory,
    bus,
    onError,
  });
  const control = createControl({ scheduler, snapshots, clock, forget: () => {} });
  closers.push(
    () => void scheduler.close(),
    () => control.close(),
  );
  const targetOf = (id: number): WatchTarget | undefined => scheduler.watch(id)?.target;
  const read = async (work: () => Promise<unknown>): Promise<number> => {
    rows = 0;
    await work();
    return rows;
  };
  return { hosts, control, targetOf, read };
}

test('a credential that changed, or went, is read with the hosts that use it, and no others', async () => {
  const { hosts, control, targetOf, read } = await site();
  const { id: credentialId } = await hosts.credentials.create(ada, { name: 'c', username: 'u', password: 'x' });
  const { id } = await hosts.records.create(ada, { ip: '192.0.2.7', credentialId, statsConfig: quiet });
  await control.hostsChanged([id]);
  expect(targetOf(id)).toMatchObject({ username: 'u' });
  await hosts.credentials.update(ada, credentialId, { username: 'v' });
  const rows = await read(async () => control.hostsChanged(await hosts.credentials.hostsWith(credentialId)));
  expect(targetOf(id)).toMatchObject({ username: 'v' });
  expect(rows).toBeLessThan(10);
});

test('a share that changed is read with the hosts that are reached through it, and no others', async () => {
  const { hosts, control, targetOf, read } = await site();
  const jump = await hosts.records.create(ada, { ...web, statsConfig: quiet });
  await hosts.shares.give(ada, jump.id, { userId: bob.id, level: 'manage' });
  const { id } = await hosts.records.create(bob, { ...web, jumpHosts: [{ hostId: jump.id }], statsConfig: quiet });
  await control.hostsChanged([jump.id, id]);
  expect(targetOf(id)?.jumpHosts).toEqual([{ hostId: jump.id, isLent: true }]);
  await hosts.shares.take(ada, jump.id, bob.id);
  expect(await read(() => control.sharesChanged(jump.id))).toBeLessThan(10);
  expect(targetOf(id)?.jumpHosts).toEqual([{ hostId: jump.id, isLent: false }]);
  expect(await read(() => control.sharesChanged(1))).toBe(0);
});

test('settings report which of them changed; only those that affect every host read every host', async () => {
  const { hosts, control, read } = await site();
  const told: unknown[] = [];
  hosts.onChange((change) => told.push(change));
  expect((await hosts.settings.set({ metricsInterval: 30, hostKeyPolicy: 'known-only' })).different).toEqual(
    new Set(['hostKeyPolicy']),
  );
  expect((await hosts.settings.set({ metricsInterval: 20 })).different).toEqual(new Set(['metricsInterval']));
  expect(told).toEqual([]);
  await hosts.settings.set({ collectAlways: false });
  expect(told).toEqual(['all']);
  expect(await read(() => control.settingsChanged())).toBeGreaterThanOrEqual(many);
});

test('of a host that is gone nothing is kept, and nothing is made by asking for it', async () => {
  const { hosts, control, targetOf } = await site();
  await hosts.records.remove(ada, 1);
  await control.hostDeleted(1);
  expect(targetOf(1)).toBeUndefined();
  expect(control.registerViewer(1, ada.id, null)).not.toBeNull();
  expect(control.footprint(1).today.pings).toBe(0);
});
