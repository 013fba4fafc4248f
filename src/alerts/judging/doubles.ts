import type { Rule } from '../../model/alerts/rule.ts';

type Channels = Rule['channels'];

/**
 * The rules of one host without those that would tell somebody what another one tells them: clients of Termix make rules about
 * what the default rules are about already. Such a rule goes before the default rule, where it is told; a rule about a host
 * that is back is left out where the end of "Host is down" tells it.
 */
export function withoutDoubles(rules: readonly Rule[]): readonly Rule[] {
  if (!rules.some(({ termix }) => termix !== undefined)) return rules;
  const kept = rules.flatMap((rule): readonly Rule[] => {
    if (isAboutReturn(rule)) return [];
    if (rule.base === null) return [rule];
    const same = rules.filter((one) => one.termix !== undefined && !isAboutReturn(one) && isSame(one, rule));
    const left = same.reduce<Rule | null>((left, { channels }) => left && without(left, channels), rule);
    return left === null ? [] : [left];
  });
  for (const rule of rules) if (isAboutReturn(rule) && !isTold(kept, rule)) kept.push(rule);
  return kept;
}

function isAboutReturn({ termix }: Rule): boolean {
  return termix?.trigger === 'host_online';
}

function isSame({ condition }: Rule, other: Rule): boolean {
  return JSON.stringify(condition) === JSON.stringify(other.condition);
}

/** A rule that is not told to these; null: nobody is left. */
function without(rule: Rule, channels: Channels): Rule | null {
  if (channels === 'all') return null;
  if (rule.channels === 'all') return { ...rule, notChannels: [...(rule.notChannels ?? []), ...channels] };
  const left = rule.channels.filter((id) => !channels.includes(id));
  return left.length === 0 ? null : { ...rule, channels: left };
}

/** Whether everybody whom the rule tells is told the same by others. */
function isTold(rules: readonly Rule[], rule: Rule): boolean {
  const same = rules.filter((one) => isSame(one, rule));
  const isChannelTold = (id: number): boolean =>
    same.some(({ channels, notChannels = [] }) =>
      channels === 'all' ? !notChannels.includes(id) : channels.includes(id),
    );
  if (rule.channels !== 'all') return rule.channels.every(isChannelTold);
  return same.some(({ channels, notChannels = [] }) => channels === 'all' && notChannels.every(isChannelTold));
}
