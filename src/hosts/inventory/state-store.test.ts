import { expect, test } from 'vitest';
import { ada, startHosts, web } from '../../../test/support/hosts.ts';

const offline = { name: 'offline tcp refused', since: 2_000, status: 'offline', statusSince: 1_000 } as const;

test('what a host is and since when is kept, and goes with it; of hosts that are gone nothing is', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  await hosts.states.save(new Map([[id, { ...offline, name: 'before' }]]));
  await hosts.states.save(
    new Map([
      [id, offline],
      [999, offline],
    ]),
  );
  expect(await hosts.states.all()).toEqual(new Map([[id, offline]]));
  await hosts.records.remove(ada, id);
  expect(await hosts.states.all()).toEqual(new Map());
});
