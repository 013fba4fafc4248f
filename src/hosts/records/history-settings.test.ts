import { expect, test } from 'vitest';
import { ada, startHosts, web } from '../../../test/support/hosts.ts';
import { daysOf, historyOf } from './history-settings.ts';

const defaults = { rawDays: 7, fiveMinuteDays: 60, hourlyDays: 400, maxBytes: null };

test('a new Sonde keeps history, and so samples hosts that nobody watches', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  expect(await hosts.settings.history.get()).toEqual({ settings: { enabled: true, ...defaults }, announced: true });
  expect((await hosts.inventory.target(id))?.policy.collectAlways).toBe(true);
});

test('a form that is saved as it is shown switches nothing, neither history nor when hosts are sampled', async () => {
  for (const chosen of [undefined, true, false]) {
    const { hosts } = await startHosts();
    if (chosen !== undefined) await hosts.settings.history.set({ enabled: chosen });
    const before = (await hosts.settings.history.get()).settings;
    const { collectAlways } = await hosts.settings.get();
    expect(collectAlways).toBe(before.enabled);
    expect((await hosts.settings.set({ collectAlways, metricsInterval: 20 })).different).toEqual(
      new Set(['metricsInterval']),
    );
    expect((await hosts.settings.history.get()).settings).toEqual(before);
  }
});

test('until history is switched, whether hosts are always sampled decides', async () => {
  const { hosts } = await startHosts();
  await hosts.settings.set({ collectAlways: false });
  expect((await hosts.settings.history.get()).settings.enabled).toBe(false);
  await hosts.settings.history.set({ enabled: true });
  expect((await hosts.settings.history.get()).settings.enabled).toBe(true);
  await hosts.settings.history.set({ enabled: false });
  await hosts.settings.set({ collectAlways: true });
  expect((await hosts.settings.history.get()).settings.enabled).toBe(false);
});

test('a host that is to be sampled only while somebody watches is not sampled for history', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, { ...web, statsConfig: { collectAlways: false } });
  expect((await hosts.inventory.target(id))?.policy.collectAlways).toBe(false);
});

test('switching history leaves connections alone: the revision of a host stays', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  const on = await hosts.inventory.target(id);
  await hosts.settings.history.set({ enabled: false });
  const off = await hosts.inventory.target(id);
  expect([on?.policy.collectAlways, off?.policy.collectAlways]).toEqual([true, false]);
  expect(off?.revision).toBe(on?.revision);
});

test("Termix's one number of days reads as it was set", async () => {
  const { hosts } = await startHosts();
  for (const [sent, rawDays, fiveMinuteDays] of [
    [1, 1, 7],
    [6, 6, 7],
    [7, 7, 7],
    [30, 7, 30],
    [90, 7, 90],
  ] as const) {
    const { saved } = await hosts.settings.history.set({ metricsHistoryRetentionDays: sent });
    expect(saved.settings).toMatchObject({ rawDays, fiveMinuteDays, hourlyDays: 400 });
    expect(daysOf(saved.settings)).toBe(sent);
  }
  await hosts.settings.history.set({ rawDays: 20, fiveMinuteDays: 200 });
  const { saved } = await hosts.settings.history.set({ metricsHistoryRetentionDays: 10 });
  expect(saved.settings).toMatchObject({ rawDays: 10, fiveMinuteDays: 10 });
});

test.each([
  [{ metricsHistoryRetentionDays: 0 }, 'metricsHistoryRetentionDays must be between 1 and 90'],
  [{ metricsHistoryRetentionDays: '7' }, 'metricsHistoryRetentionDays must be between 1 and 90'],
  [{ rawDays: 31 }, 'rawDays must be a whole number from 1 to 30'],
  [{ fiveMinuteDays: 6.5 }, 'fiveMinuteDays must be a whole number from 7 to 400'],
  [{ hourlyDays: null }, 'hourlyDays must be a whole number from 30 to 3650'],
  [{ maxBytes: 1 }, 'maxBytes must be null or a whole number of at least 1073741824 (1 GiB)'],
  [{ enabled: 'no' }, 'enabled must be true or false'],
  [{}, 'One of metricsHistoryRetentionDays, enabled, rawDays, fiveMinuteDays, hourlyDays or maxBytes is required'],
])('%j is refused, and nothing is changed', async (wrong, message) => {
  const { hosts } = await startHosts();
  const before = await hosts.settings.history.get();
  const sent = Object.keys(wrong).length === 0 ? {} : { hourlyDays: 100, ...wrong };
  await expect(hosts.settings.history.set(sent)).rejects.toMatchObject({ statusCode: 400, message });
  expect(await hosts.settings.history.get()).toEqual(before);
});

test('a stored row that cannot be read is as if nobody had chosen, field by field', async () => {
  const { db, hosts } = await startHosts();
  const value = '{"enabled":1,"rawDays":3,"hourlyDays":"x","maxBytes":5,"announced":false,"other":1}';
  await db.insertInto('settings').values({ name: 'history', value }).execute();
  expect(await hosts.settings.history.get()).toEqual({
    settings: { enabled: true, ...defaults, rawDays: 3 },
    announced: false,
  });
  await hosts.settings.history.set({ enabled: true });
  expect((await hosts.settings.history.get()).announced).toBe(true);
});

test('what is always sampled has history until that is switched', () => {
  expect(historyOf({}, undefined).enabled).toBe(true);
  expect(historyOf({}, false).enabled).toBe(false);
  expect(historyOf({ enabled: true }, false).enabled).toBe(true);
});
