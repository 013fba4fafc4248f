import type { MutedBy } from '../../model/alerts/incident.ts';
import type { PlainCheck } from '../judging/compile.ts';
import type { Known } from '../known.ts';
import type { LiveAlert } from '../live-alert.ts';
import { isUntellable, sondeId } from '../own/trouble.ts';
import type { Parents } from './parents.ts';
import type { Quiet } from './quiet.ts';

export type SuppressionOptions = {
  readonly quiet: Pick<Quiet, 'mutes'>;
  readonly parents: Parents;
  readonly known: (hostId: number) => Known | undefined;
};

/** What keeps alerts from being told, in this order: what their host is behind, maintenance, silences, and that they are not bad enough. */
export class Suppression {
  readonly #options: SuppressionOptions;

  constructor(options: SuppressionOptions) {
    this.#options = options;
  }

  mutedBy(alert: LiveAlert): MutedBy | null {
    const { quiet, known } = this.#options;
    const isInfo = alert.rule.severity === 'info';
    if (alert.host.id === sondeId)
      return quiet.mutes(alert, null) ?? (isInfo ? 'info' : isUntellable(alert) ? 'vantage' : null);
    const host = known(alert.host.id)?.checks.host;
    if (host === undefined) return null;
    const parent = this.#parentOf(alert);
    if (parent !== null) return `parent:${parent}`;
    return quiet.mutes(alert, host) ?? (isInfo ? 'info' : null);
  }

  /** How many hosts are behind the one that an alert is about, and cannot be reached; 0 where it is not down. */
  behind({ host, rule: { condition } }: LiveAlert): number {
    return isAboutReach(condition.kind) ? this.#options.parents.behind(host.id) : 0;
  }

  /** What a host is behind that is down or not sampled, or came back so recently that nothing is proven of the host since. */
  #parentOf({ host, rule, incident }: LiveAlert): number | null {
    const { parents } = this.#options;
    const { kind } = rule.condition;
    if (!isAboutReach(kind)) return null;
    const down = parents.above(host.id, (id) => this.#isTroubled(id, kind === 'not-sampled'));
    const isNew = incident === null || incident.closedAt !== null || incident.mutedBy?.startsWith('parent:');
    return down === null && isNew ? parents.justBack(host.id, 1000 * rule.forSeconds, kind === 'not-sampled') : down;
  }

  /** Whether it is down, as far as is known, or not sampled, whether or not that was for long enough to be told. */
  #isTroubled(hostId: number, orNotSampled: boolean): boolean {
    const known = this.#options.known(hostId);
    if (known === undefined) return false;
    const { status, notSampled } = known.checks;
    const isNotOk = ({ key }: PlainCheck): boolean => {
      const alert = known.alerts.get(key)?.get('');
      return alert !== undefined && (alert.isOpen || alert.standing.state !== 'ok');
    };
    return status.some(isNotOk) || (orNotSampled && notSampled.some(isNotOk));
  }
}

function isAboutReach(kind: string): boolean {
  return kind === 'status' || kind === 'not-sampled';
}
