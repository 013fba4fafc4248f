import { expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../../test/support/hosts.ts';

test('a user can leave a host that is shared with them, and no longer sees it', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  await hosts.shares.give(ada, id, { userId: bob.id, level: 'view' });
  expect(await hosts.shares.take(bob, id, bob.id)).toEqual({ hostName: 'web', username: 'bob' });
  expect(await hosts.records.list(bob)).toEqual([]);
  expect(await hosts.shares.list(ada, id)).toEqual([]);
  await expect(hosts.shares.take(bob, id, bob.id)).rejects.toMatchObject({ statusCode: 404 });
  await expect(hosts.shares.take(ada, id, ada.id)).rejects.toMatchObject({ statusCode: 400 });
});

test('a non-admin can share at most 50 hosts with one user, and can still change their level', async () => {
  const { hosts } = await startHosts();
  const ids: number[] = [];
  for (let n = 0; n < 60; n += 1) ids.push((await hosts.records.create(bob, { ...web, ip: `192.0.2.${n}` })).id);
  const given = await Promise.allSettled(
    ids.map((id) => hosts.shares.give(bob, id, { userId: ada.id, level: 'view' })),
  );
  expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
  for (const one of given) if (one.status === 'rejected') expect(one.reason).toMatchObject({ statusCode: 409 });
  await hosts.shares.give(bob, ids[0] ?? 0, { userId: ada.id, level: 'manage' });
  await hosts.shares.take(ada, ids[0] ?? 0, ada.id);
  await hosts.shares.give(bob, ids[59] ?? 0, { userId: ada.id, level: 'view' });
  expect(await hosts.records.list(ada)).toHaveLength(50);
});

test('an admin shares a whole fleet', async () => {
  const { hosts } = await startHosts();
  for (let n = 0; n < 60; n += 1) {
    const { id } = await hosts.records.create(ada, { ...web, ip: `192.0.2.${n}` });
    await hosts.shares.give(ada, id, { userId: bob.id, level: 'view' });
  }
  expect(await hosts.records.list(bob)).toHaveLength(60);
});

test('sharing a removed host, or with a removed user, is 404', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  await expect(hosts.shares.give(ada, id, { userId: 'nobody', level: 'view' })).rejects.toMatchObject({
    statusCode: 404,
  });
  const [, shared] = await Promise.allSettled([
    hosts.records.remove(ada, id),
    hosts.shares.give(ada, id, { userId: 'bob', level: 'view' }),
  ]);
  if (shared.status === 'rejected') expect(shared.reason).toMatchObject({ statusCode: 404 });
});
