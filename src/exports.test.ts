import { expect, test } from 'vitest';
import { bob, startHosts, web } from '../test/support/hosts.ts';
import { exportedHosts } from './exports.ts';

test('a host is called the same where it is sent and where it is scraped: hosts without metrics share names too', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(bob, web);
  await hosts.records.create(bob, { ...web, statsConfig: { metricsEnabled: false, useGlobalMetricsInterval: false } });
  expect((await exportedHosts(hosts, bob.id)).map(({ instance }) => instance)).toEqual([`${web.name}#${id}`]);
});
