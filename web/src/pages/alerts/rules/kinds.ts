import { type EventKind, ruleEventKinds, troubleKinds } from '../../../../../src/model/alerts/event.ts';
import type { RuleSettings } from '../../../../../src/model/alerts/rule.ts';
import { type Draft, draftOf, type FormKind, fresh, unitOf } from './draft.ts';
import type { Metrics } from './sentence.ts';

/** What does not happen on a host that a rule is about. */
const ofNoHost: readonly EventKind[] = ['sonde-started', 'sonde-stopped', 'sonde-away', 'more', ...troubleKinds];

/** The kinds of events to choose from, and those that a rule has already. */
export function eventChoices(chosen: readonly EventKind[]): readonly EventKind[] {
  return ruleEventKinds.filter((kind) => !ofNoHost.includes(kind) || chosen.includes(kind));
}

/** What happens is no state: it is true at once. */
const atOnce = { forMinutes: '0', keepMinutes: '0' } as const;
const waits = { forMinutes: fresh.forMinutes, keepMinutes: fresh.keepMinutes };

/** What changes in the form with another kind of condition: it is as the rule was, or begins with what makes sense. */
export function ofKind(kind: FormKind, draft: Draft, saved: RuleSettings | null, metrics: Metrics): Partial<Draft> {
  if (saved?.condition.kind === kind) {
    const before = draftOf(saved, metrics);
    return { ...before, ...ofOther(draft) };
  }
  const none = { kind, labels: '', further: [], ...waits };
  switch (kind) {
    case 'event':
      return { ...none, ...atOnce, windowMinutes: '60' };
    case 'forecast': {
      const metric = unitOf(draft.metric, metrics) === 'ratio' ? draft.metric : fresh.metric;
      return { ...none, metric, fire: '100', windowMinutes: '360', forMinutes: '30', keepMinutes: '15' };
    }
    case 'metric':
      return {
        ...none,
        metric: fresh.metric,
        fire: fresh.fire,
        clear: fresh.clear,
        windowMinutes: fresh.windowMinutes,
      };
    default:
      return none;
  }
}

/** What has nothing to do with the condition. */
function ofOther({ name, severity, hostsKind, chosen, channels, remind, hint }: Draft): Partial<Draft> {
  return { name, severity, hostsKind, chosen, channels, remind, hint };
}
