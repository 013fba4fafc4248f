/** What a host depends on without being reached through it. */
import { expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../../test/support/hosts.ts';

test('a host depends on hosts that its owner may see, and on none that depends on it', async () => {
  const { hosts } = await startHosts();
  const { records } = hosts;
  const power = await records.create(bob, { ...web, name: 'power' });
  const rack = await records.create(bob, { ...web, ip: '192.0.2.41', dependsOn: [power.id] });
  const box = await records.create(bob, {
    ...web,
    ip: '192.0.2.42',
    dependsOn: [rack.id, rack.id],
    jumpHosts: [{ hostId: power.id }],
  });
  expect(box).toMatchObject({ dependsOn: [rack.id] });
  const [known] = await hosts.forAlerts([box.id]);
  expect(known?.parents).toEqual([power.id, rack.id]);
  const refused = (sent: readonly unknown[], message: RegExp) =>
    expect(records.update(bob, power.id, { dependsOn: sent })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(message),
    });
  await refused([box.id], /circle/);
  await refused([rack.id], /circle/);
  await refused([power.id], /itself/);
  await refused(['1'], /list of ids/);
  await refused(
    Array.from({ length: 11 }, (_, index) => index + 1),
    /at most 10/,
  );
  const foreign = await records.create(ada, web);
  for (const id of [foreign.id, 99_999]) await refused([id], new RegExp(`no host ${id} that you`));
  // What is gone since keeps the rest from being changed as little as it mutes anything.
  await records.remove(bob, rack.id);
  expect(await records.update(bob, box.id, { name: 'renamed' })).toMatchObject({ dependsOn: [rack.id] });
  expect(await records.update(bob, box.id, { dependsOn: [] })).toMatchObject({ dependsOn: [] });
});
