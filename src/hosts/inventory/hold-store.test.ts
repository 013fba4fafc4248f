import { expect, test } from 'vitest';
import { ada, startHosts, web } from '../../../test/support/hosts.ts';
import type { Hold } from '../../ports/holds.ts';

const failure = { stage: 'auth', reason: 'rejected', message: 'The host refused the login', hint: '' } as const;
const hold = (hostId: number, rest: Partial<Hold> = {}): Hold => ({
  hostId,
  kind: 'login',
  failure,
  since: 1_000,
  until: 2_000,
  state: { at: 1_000, failures: 1 },
  ...rest,
});
const put = (one: Hold) => ({ hostId: one.hostId, kind: one.kind, hold: one });

test('what is held back is kept until it is cleared, and removed with its host', async () => {
  const { hosts } = await startHosts();
  const [{ id }, other] = [await hosts.records.create(ada, web), await hosts.records.create(ada, web)];
  const kept = [hold(id), hold(id, { kind: 'sudo', until: null, failure: null }), hold(other.id)];
  await hosts.holds.save(kept.map(put));
  expect(await hosts.holds.all()).toEqual(kept);
  const later = hold(id, { until: 3_000 });
  await hosts.holds.save([put(later), { hostId: id, kind: 'sudo', hold: null }]);
  expect(await hosts.holds.all()).toEqual([later, kept[2]]);
  await hosts.records.remove(ada, id);
  expect(await hosts.holds.all()).toEqual([kept[2]]);
});

test('what is said of a host that is gone is passed over, and the rest is kept', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  await hosts.holds.save([put(hold(999)), put(hold(id))]);
  expect(await hosts.holds.all()).toEqual([hold(id)]);
});

test('a row that cannot be read holds nothing back', async () => {
  const { hosts, db } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  const row = { host_id: id, since: 1, held_until: null };
  await db
    .insertInto('host_holds')
    .values([
      { ...row, kind: 'login', failure: '{"stage":', state: '{}' },
      { ...row, kind: 'of another version', failure: null, state: '{}' },
      { ...row, kind: 'connect', failure: null, state: '' },
    ])
    .execute();
  expect(await hosts.holds.all()).toEqual([
    { hostId: id, kind: 'connect', failure: null, since: 1, until: null, state: null },
  ]);
});
