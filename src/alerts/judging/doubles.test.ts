import { expect, test } from 'vitest';
import type { Rule } from '../../model/alerts/rule.ts';
import { defaultRuleOf, defaultRules } from './default-rules.ts';
import { withoutDoubles } from './doubles.ts';

function standard(base: string): Rule {
  const settings = defaultRules[base];
  if (settings === undefined) throw new Error('no such rule');
  return defaultRuleOf(base, settings, 'ann');
}

const [down, login, cpu] = ['host-down', 'login-from-new-address', 'cpu-busy'].map(standard) as [Rule, Rule, Rule];
let id = 0;

function termix(trigger: string, channels: Rule['channels'], like: Rule = down): Rule {
  id += 1;
  return { ...like, id, base: null, name: `${trigger} ${id}`, channels, termix: { trigger, cooldownMinutes: 15 } };
}

const told = (rules: readonly Rule[]) =>
  withoutDoubles(rules).map(({ name, channels, notChannels }) => [name.replace(/ \d+$/, ''), channels, notChannels]);
const standardDown = ['Host is down', 'all', undefined];

test.each<[string, readonly Rule[], readonly unknown[]]>([
  ['nothing of Termix', [down, login], [standardDown, ['Login from a new address', 'all', undefined]]],
  ['back, beside the default rule', [down, termix('host_online', 'all')], [standardDown]],
  ['back for one channel, beside the default rule', [down, termix('host_online', [1])], [standardDown]],
  [
    'back, where nothing else is about the host',
    [cpu, termix('host_online', [1])],
    [
      ['CPU busy', 'all', undefined],
      ['host_online', [1], undefined],
    ],
  ],
  ['back twice', [termix('host_online', [1, 2]), termix('host_online', [2])], [['host_online', [1, 2], undefined]]],
  [
    'back for more than the others tell',
    [{ ...down, channels: [1] }, termix('host_online', [1, 2])],
    [
      ['Host is down', [1], undefined],
      ['host_online', [1, 2], undefined],
    ],
  ],
  ['down goes before the default rule', [down, termix('host_offline', 'all')], [['host_offline', 'all', undefined]]],
  [
    'down for one channel: the others are told by the default rule',
    [down, termix('host_offline', [1]), termix('host_online', 'all')],
    [
      ['Host is down', 'all', [1]],
      ['host_offline', [1], undefined],
    ],
  ],
  [
    'down for the only channel of the default rule',
    [{ ...down, id: 99, channels: [1] }, termix('host_offline', [1])],
    [['host_offline', [1], undefined]],
  ],
  [
    'a login goes before the default rule about logins, and no other',
    [down, login, termix('user_login', [3], login)],
    [standardDown, ['Login from a new address', 'all', [3]], ['user_login', [3], undefined]],
  ],
])('%s', (_, rules, expected) => {
  expect(told(rules)).toEqual(expected);
});
