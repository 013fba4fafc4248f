import type { OpenIncidents } from '../../model/alerts/incident.ts';
import { type Severity, severities } from '../../model/alerts/severity.ts';
import type { LiveAlert } from '../live-alert.ts';

/** Who looks: a user, and the hosts that their API key is limited to. */
type Looker = { readonly id: string; readonly onlyHosts?: ReadonlySet<number> | null };
type Tally = Map<number, { open: number; muted: number; severity: Severity }>;

/** How many incidents are open now and on which hosts, by user, and who is told that it changed. */
export class OpenCounts {
  readonly #alerts: () => Iterable<LiveAlert>;
  readonly #first: number;
  readonly #revisions = new Map<string, number>();
  readonly #listeners = new Set<(userId: string) => void>();
  #tallies: ReadonlyMap<string, Tally> | null = null;

  /** `alerts`: all that may have an open incident. `first`: greater than any revision of an earlier process. */
  constructor(alerts: () => Iterable<LiveAlert>, first: number) {
    this.#alerts = alerts;
    this.#first = first;
  }

  /** Of these users, an incident opened, closed, or reads differently; what was written is in the database. */
  changed(userIds: Iterable<string>): void {
    this.#tallies = null;
    for (const id of new Set(userIds)) {
      this.#revisions.set(id, this.#revisionOf(id) + 1);
      for (const listener of this.#listeners) listener(id);
    }
  }

  /** Returns a function that ends it. */
  onChange(listener: (userId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  of({ id, onlyHosts }: Looker): OpenIncidents {
    this.#tallies ??= this.#count();
    const hosts: Record<string, { readonly open: number; readonly severity: Severity }> = {};
    let [open, muted] = [0, 0];
    let worst: Severity | null = null;
    for (const [hostId, of] of this.#tallies.get(id) ?? []) {
      if (onlyHosts && !onlyHosts.has(hostId)) continue;
      open += of.open;
      muted += of.muted;
      worst = worse(worst, of.severity);
      hosts[hostId] = { open: of.open, severity: of.severity };
    }
    return { revision: this.#revisionOf(id), open, muted, worst, hosts };
  }

  #revisionOf(userId: string): number {
    return this.#revisions.get(userId) ?? this.#first;
  }

  #count(): ReadonlyMap<string, Tally> {
    const tallies = new Map<string, Tally>();
    for (const { incident, isOpen, rule, host } of this.#alerts()) {
      if (!isOpen) continue;
      const tally: Tally = tallies.get(rule.ownerId) ?? new Map();
      tallies.set(rule.ownerId, tally);
      const before = tally.get(host.id) ?? { open: 0, muted: 0, severity: rule.severity };
      tally.set(host.id, {
        open: before.open + 1,
        muted: before.muted + (incident?.mutedBy === null ? 0 : 1),
        severity: worse(before.severity, rule.severity),
      });
    }
    return tallies;
  }
}

function worse(a: Severity | null, b: Severity): Severity {
  return a !== null && severities.indexOf(a) > severities.indexOf(b) ? a : b;
}
