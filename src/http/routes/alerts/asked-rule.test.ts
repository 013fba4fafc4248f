import { expect, test } from 'vitest';
import type { RuleSettings } from '../../../model/alerts/rule.ts';
import { ruleOf } from './asked-rule.ts';

const metrics = new Set(['cpu.used_ratio']);
const sent = { name: 'Host is back', severity: 'warning', hosts: { all: true }, condition: { kind: 'status' } };

test('a rule that a client of Termix made stays one when only what is told of it changes', () => {
  const termix = { trigger: 'host_online', cooldownMinutes: 15 };
  const before: RuleSettings = { ...ruleOf(sent, null, metrics), termix };
  expect(ruleOf({ name: 'Back again', channels: [3] }, before, metrics)).toEqual({
    ...before,
    name: 'Back again',
    channels: [3],
  });
  expect(ruleOf({ condition: { kind: 'not-sampled' } }, before, metrics)).not.toHaveProperty('termix');
});
