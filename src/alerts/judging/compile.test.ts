import { expect, test } from 'vitest';
import { hostOf } from '../../../test/support/alerts-world.ts';
import { collectors } from '../../collectors/index.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import { compile, createCompiler } from './compile.ts';
import { defaultRuleOf, defaultRules } from './default-rules.ts';
import { readableMetrics } from './metrics.ts';

const metrics = readableMetrics(collectors);
const all = Object.entries(defaultRules).map(([name, one]) => defaultRuleOf(name, { ...one, enabled: true }, 'ann'));
const rules = all.map((rule, index) => (index === 0 ? { ...rule, hosts: { tags: ['db'] } } : rule));

test('hosts of which the same is wanted share what they are asked', () => {
  const checksOf = createCompiler(metrics);
  const [one, other] = [checksOf(hostOf(1), rules), checksOf(hostOf(2), rules)];
  expect([one.host.id, other.host.id]).toEqual([1, 2]);
  expect(other.bySection).toBe(one.bySection);
});

test('a host that is selected otherwise, wants something else or has other rules is asked what it would be asked alone', () => {
  const checksOf = createCompiler(metrics);
  const others: Partial<AlertHost>[] = [
    {},
    { tags: ['db'] },
    { statusCheckEnabled: false },
    { statusIntervalSeconds: 61 },
    { metricsEnabled: false },
    { collectAlways: false },
    { metricsIntervalSeconds: 31 },
    { statusCheckEnabled: false, collectAlways: false },
    { ownerId: 'bob' },
  ];
  const fewer = rules.slice(1);
  for (const other of others)
    for (const given of [rules, fewer])
      expect(checksOf(hostOf(1, other), given)).toEqual(compile(hostOf(1, other), given, metrics));
});
