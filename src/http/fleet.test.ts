import { expect, test } from 'vitest';
import { ada, startHosts, web } from '../../test/support/hosts.ts';
import { openEmbedded } from '../backends/embedded.ts';
import { emptySnapshot } from '../snapshots/fold.ts';
import { FleetTexts } from './fleet.ts';

const user = { ...ada, username: 'ada', totpEnabled: false, scope: 'manage', onlyHosts: null } as const;
const clock = { now: () => 1_000_000, monotonic: () => 0 };

async function site() {
  let rows = 0;
  const { hosts } = await startHosts(undefined, true, {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      rows += result.rows.length;
      return result;
    },
  });
  const ids: number[] = [];
  for (let n = 0; n < 300; n += 1) ids.push((await hosts.records.create(ada, { ...web, name: `host ${n}` })).id);
  const { snapshots } = openEmbedded((error) => {
    throw error;
  });
  const texts = new FleetTexts({ clock, hosts, snapshots, control: { freshForSeconds: () => 70 } });
  /** The answer, and how many rows of the database it took. */
  const read = async () => {
    rows = 0;
    const answer = JSON.parse(await texts.write(user, await hosts.access.visibleIds(user)));
    return { answer, rows };
  };
  return { hosts, snapshots, ids, read };
}

test('a fleet that did not change is answered from memory, and of one that did only what changed is read', async () => {
  const { hosts, snapshots, ids, read } = await site();
  for (const id of ids) snapshots.set({ ...emptySnapshot(id), sampledAt: 999_000 });
  const first = await read();
  expect(first.answer.counts).toEqual({ total: 300, online: 0, offline: 0, unknown: 300, stale: 0 });
  expect(first.answer.hosts.map((host: { id: number }) => host.id)).toEqual(ids);
  expect(await read()).toEqual({ answer: first.answer, rows: 0 });
  await hosts.records.update(ada, ids[7] as number, { name: 'renamed' });
  const changed = await read();
  expect(changed.answer.hosts[7]).toMatchObject({ id: ids[7], name: 'renamed' });
  // Who sees what is read anew after a change of any host.
  expect(changed.rows).toBeLessThan(310);
});

test('numbers are stale when they are older than those of a host that is sampled, and statuses when the route broke', async () => {
  const { snapshots, ids, read } = await site();
  const [fresh = 0, old = 0, cutOff = 0] = ids;
  const status = { status: 'online', lastChecked: 1, since: 1, failure: null } as const;
  snapshots.set({ ...emptySnapshot(fresh), sampledAt: 930_000, status: { ...status, stale: false } });
  snapshots.set({ ...emptySnapshot(old), sampledAt: 929_000, status: { ...status, stale: false } });
  snapshots.set({ ...emptySnapshot(cutOff), status: { ...status, stale: true } });
  const { counts, hosts } = (await read()).answer;
  expect(counts).toEqual({ total: 300, online: 3, offline: 0, unknown: 297, stale: 2 });
  expect(hosts.slice(0, 4)).toMatchObject([
    { stale: false, ageSeconds: 70 },
    { stale: true, ageSeconds: 71 },
    { stale: true, ageSeconds: null },
    { stale: false, ageSeconds: null, status: 'unknown' },
  ]);
});
