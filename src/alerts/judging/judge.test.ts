import { expect, test } from 'vitest';
import { hostOf } from '../../../test/support/alerts-world.ts';
import { collectors } from '../../collectors/index.ts';
import type { Condition, Rule } from '../../model/alerts/rule.ts';
import type { Labelled } from '../../model/collector.ts';
import { compile } from './compile.ts';
import { defaultRuleOf, defaultRules } from './default-rules.ts';
import { judge } from './judge.ts';
import { Memory } from './memory.ts';
import { readableMetrics } from './metrics.ts';
import { selects } from './selector.ts';
import { Window } from './window.ts';

const metrics = readableMetrics(collectors);
const host = hostOf(1, { tags: ['db'], folder: 'berlin / rack 2' });
const base = defaultRules['memory-nearly-gone'];
const ruleOf = (condition: Condition): Rule => ({ ...base, condition, id: 1, ownerId: 'ann', base: null }) as Rule;

/** What a condition says of values by metric, with the labels of the series that it says it of. */
function say(condition: Condition, values: Readonly<Record<string, readonly Labelled[]>>) {
  const [check] = [...compile(host, [ruleOf(condition)], metrics).bySection.values()].flat();
  if (!check) throw new Error('no check');
  return judge(check, ({ name }) => values[name], new Memory(), 0).map(({ labels, verdict }) => [
    labels.mount,
    verdict,
  ]);
}

const mounts = (...values: (readonly [string, number])[]) =>
  values.map(([mount, value]) => ({ labels: { mount, device: `/dev${mount}` }, value }));
const full = { kind: 'metric', metric: 'filesystem_used_ratio', over: 'each', stat: 'last', windowSeconds: 0 } as const;

test('every metric that a default rule names is there, and every default rule is asked of a host', () => {
  const rules = Object.entries(defaultRules).map(([name, one]) =>
    defaultRuleOf(name, { ...one, enabled: true }, 'ann'),
  );
  expect(compile(host, rules, metrics).keys.size).toBe(rules.length);
});

test('rules of others are not asked, nor those of metrics where none are wanted, nor any of a host that is not checked either', () => {
  const rules = Object.entries(defaultRules).map(([name, one]) => defaultRuleOf(name, one, 'ann'));
  expect(compile({ ...host, ownerId: 'ben' }, rules, metrics).keys.size).toBe(0);
  const states = rules.filter(({ condition }) => condition.kind !== 'event');
  const keysOf = (more: object) => [...compile({ ...host, metricsEnabled: false, ...more }, states, metrics).keys];
  expect(keysOf({})).toEqual(['default:host-down', 'default:not-sampled']);
  expect(keysOf({ statusCheckEnabled: false })).toEqual([]);
});

test('a value is over at its threshold, under only below the lower one, and between otherwise', () => {
  const values = { filesystem_used_ratio: mounts(['/a', 0.9], ['/b', 0.88], ['/c', 0.86]) };
  expect(say({ ...full, op: '>', fire: 0.9, clear: 0.87 }, values)).toEqual([
    ['/a', 'over'],
    ['/b', 'between'],
    ['/c', 'under'],
  ]);
  expect(say({ ...full, op: '<', fire: 0.86, clear: 0.88 }, values).map(([, verdict]) => verdict)).toEqual([
    'under',
    'between',
    'over',
  ]);
});

test('all further tests must be true of the same series; what is not known of one makes it unknown', () => {
  const condition: Condition = {
    ...full,
    op: '>',
    fire: 0.9,
    and: [{ metric: 'filesystem_available_bytes', op: '<', fire: 20, clear: 22 }],
  };
  const used = mounts(['/a', 0.95], ['/b', 0.95], ['/c', 0.95], ['/d', 0.5]);
  const free = mounts(['/a', 10], ['/b', 21], ['/c', 100]);
  expect(say(condition, { filesystem_used_ratio: used, filesystem_available_bytes: free })).toEqual([
    ['/a', 'over'],
    ['/b', 'between'],
    ['/c', 'under'],
    ['/d', 'under'],
  ]);
  expect(say(condition, { filesystem_used_ratio: used })[0]).toEqual(['/a', 'unknown']);
});

test('series are chosen by their labels, or taken together', () => {
  const values = { filesystem_used_ratio: mounts(['/a', 0.95], ['/b', 0.5]) };
  const over = { op: '>', fire: 0.9 } as const;
  expect(say({ ...full, ...over, labels: { mount: ['/b', '/c'] } }, values)).toEqual([['/b', 'under']]);
  expect(say({ ...full, ...over, notLabels: { mount: '/b' } }, values)).toEqual([['/a', 'over']]);
  expect(say({ ...full, ...over, over: 'max' }, values)).toEqual([[undefined, 'over']]);
  expect(say({ ...full, ...over, over: 'mean' }, values)).toEqual([[undefined, 'under']]);
});

test('selectors name hosts by id, tag and folder with what is below it, without those that they leave out', () => {
  const named = [
    { all: true },
    { ids: [1] },
    { tags: ['db'] },
    { folders: ['berlin'] },
    { not: { tags: ['web'] } },
  ] as const;
  for (const selector of named) expect(selects(selector, host)).toBe(true);
  const others = [{ ids: [2] }, { folders: ['ber'] }, { tags: ['db'], not: { ids: [1] } }, {}] as const;
  for (const selector of others) expect(selects(selector, host)).toBe(false);
});

test('a window knows nothing before most of it was seen, forgets what is older, and begins anew after a gap', () => {
  const window = new Window(300);
  for (let at = 0; at <= 600_000; at += 10_000) {
    window.add(at < 300_000 ? 1 : 3, at, 60_000);
    if (at < 240_000) expect(window.read('mean', at)).toBeNull();
  }
  expect([window.read('mean', 600_000), window.read('min', 600_000)]).toEqual([3, 3]);
  window.add(9, 900_000, 60_000);
  expect(window.read('max', 900_000)).toBeNull();
});
