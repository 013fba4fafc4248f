import { expect, test } from 'vitest';
import { withoutAlias } from './aliases.ts';

const contract = ['status', 'refresh', 'clear-connections', 'host-updated', 'host-deleted', 'global-settings'];

test.each([...contract, 'status/7', 'metrics/7', 'metrics/start/7', 'metrics/heartbeat', 'status?hostIds=1,2'])(
  '%s is found below the prefix of the newest clients',
  (path) => {
    expect(withoutAlias(`/plugin-api/host-metrics/${path}`)).toBe(`/${path}`);
  },
);

test.each(['users/login', 'metrics', 'statuses', 'host/db/host', 'global-settings2', ''])(
  '%s is not: it is no path of the contract',
  (path) => {
    expect(withoutAlias(`/plugin-api/host-metrics/${path}`)).toBe(`/plugin-api/host-metrics/${path}`);
  },
);
