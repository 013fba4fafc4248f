import { setImmediate as turn } from 'node:timers/promises';
import { factsOf } from '../collectors/index.ts';
import type { Hosts } from '../hosts/hosts.ts';
import { RecordParts } from '../hosts/records/record-parts.ts';
import type { User } from '../identity/principal.ts';
import { iso } from '../lib/scale.ts';
import type { MountSettings } from '../model/host.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { sightsOf } from './sight.ts';
import { ageOf } from './views/age.ts';
import { headlineView } from './views/headline.ts';
import { snapshotSeen } from './views/sight.ts';

/** How many hosts are processed before other requests get a turn. */
const perTurn = 250;

/** What the answer about the whole fleet is made from. */
type FleetContext = {
  readonly clock: Clock;
  readonly hosts: Hosts;
  readonly snapshots: SnapshotStore;
  readonly control: Pick<Control, 'freshForSeconds'>;
};

/** Hosts with their statuses and headline numbers, as JSON that is made once however often it is read. */
export class FleetTexts {
  readonly #context: FleetContext;
  /** The part of a host's row that comes from its record. */
  readonly #records: RecordParts<string>;
  readonly #numbers = new WeakMap<Snapshot, { readonly mounts: MountSettings; readonly text: string }>();

  constructor(context: FleetContext) {
    this.#context = context;
    const { hosts } = context;
    this.#records = new RecordParts(
      hosts,
      ({ id, name, ip, folder, tags }) => inner({ id, name, address: ip, folder, tags }),
      (ids) => hosts.mounts.load(ids),
    );
  }

  /** `{counts, hosts}` of the given hosts, as far as the user may see them. */
  async write(user: User, ids: readonly number[]): Promise<string> {
    const { clock, snapshots, control, hosts } = this.#context;
    const records = await this.#records.of(user, ids);
    const sightOf = await sightsOf(user, hosts);
    const counts = { total: 0, online: 0, offline: 0, unknown: 0, stale: 0 };
    const rows: string[] = [];
    const now = clock.now();
    for (const [id, record] of records) {
      if (rows.length % perTurn === perTurn - 1) await turn();
      const kept = snapshots.get(id);
      const snapshot = kept && snapshotSeen(kept, sightOf(id));
      const status = snapshot?.status?.status ?? 'unknown';
      const sampledAt = snapshot?.sampledAt ?? null;
      const age = sampledAt === null ? null : ageOf(sampledAt, now, control.freshForSeconds(id));
      const stale = (snapshot?.status?.stale ?? false) || (age?.stale ?? false);
      counts.total += 1;
      counts[status] += 1;
      if (stale) counts.stale += 1;
      const numbers = snapshot ? await this.#numbersOf(snapshot) : nothingSeen;
      rows.push(`{${record},${numbers},"stale":${stale},"ageSeconds":${age?.ageSeconds ?? null}}`);
    }
    return `{"counts":${JSON.stringify(counts)},"hosts":[${rows.join(',')}]}`;
  }

  async #numbersOf(snapshot: Snapshot): Promise<string> {
    const { hosts } = this.#context;
    const mounts = hosts.mounts.known(snapshot.hostId) ?? (await hosts.mounts.of(snapshot.hostId));
    let known = this.#numbers.get(snapshot);
    if (known?.mounts !== mounts) {
      known = { mounts, text: inner(numbersView(snapshot, mounts)) };
      this.#numbers.set(snapshot, known);
    }
    return known.text;
  }
}

/** The part of a host's row that comes from its snapshot. */
function numbersView(snapshot: Snapshot, mounts: MountSettings) {
  const { status, sampledAt, sections } = snapshot;
  const { disk, ...numbers } = headlineView(snapshot, mounts);
  const [load1 = null, load5 = null, load15 = null] = factsOf(sections).cpu?.load ?? [];
  return {
    status: status?.status ?? 'unknown',
    since: status ? iso(status.since) : null,
    lastChecked: status ? iso(status.lastChecked) : null,
    failure: snapshot.failure ?? status?.failure ?? null,
    sampledAt: sampledAt === null ? null : iso(sampledAt),
    ...numbers,
    diskPercent: disk?.percent ?? null,
    diskMount: disk?.mount ?? null,
    load1,
    load5,
    load15,
  };
}

/** The fields of an object as JSON, without the braces. */
function inner(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}

const nothingSeen = inner({
  status: 'unknown',
  since: null,
  lastChecked: null,
  failure: null,
  sampledAt: null,
  cpuPercent: null,
  memoryPercent: null,
  uptimeSeconds: null,
  receivedBps: null,
  sentBps: null,
  diskPercent: null,
  diskMount: null,
  load1: null,
  load5: null,
  load15: null,
});
