import type { OpenCounts } from '../../alerts/lists/open-incidents.ts';
import type { Recent } from '../../history/recent.ts';
import type { Viewer } from '../../hosts/access/access.ts';
import type { Hosts } from '../../hosts/hosts.ts';
import { iso } from '../../lib/scale.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Control } from '../../ports/control.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { sightsOf } from '../sight.ts';
import type { SnapshotTexts } from '../snapshot-texts.ts';
import { footprintView } from '../views/footprint.ts';
import type { LiveStatus } from '../views/live.ts';
import { type Sight, snapshotSeen } from '../views/sight.ts';
import { statusView } from '../views.ts';
import { kinds, type Revisions } from './changes.ts';
import { eventText, pingText } from './event-stream.ts';
import type { IncidentNews } from './incident-news.ts';
import type { Stream } from './stream.ts';
import { vitalsView } from './vitals.ts';

/** What the live stream needs from the hosts' records. */
export type ShownHosts = Pick<Hosts, 'onChange'> & {
  readonly mounts: Pick<Hosts['mounts'], 'known' | 'of'>;
  readonly access: Pick<Hosts['access'], 'visibleIds' | 'levelsOf'>;
  readonly fleet: { readonly of: (user: Viewer, ids: readonly number[]) => Promise<readonly object[]> };
};

/** What is written to streams. */
export type RoundsContext = {
  readonly hosts: ShownHosts;
  readonly snapshots: SnapshotStore;
  readonly recent: Recent;
  readonly control: Pick<Control, 'footprint'>;
  readonly texts: SnapshotTexts;
  readonly alerts: { readonly open: Pick<OpenCounts, 'of' | 'onChange'> };
  readonly clock: Pick<Clock, 'now'>;
};

/** How much of each kind goes into one round: a client that does not read never has more than one round waiting. */
const perRound = 100;
const snapshotsPerRound = 2;

/** Sends streams their news, a bounded part at a time. */
export class Rounds {
  readonly #context: RoundsContext;
  readonly #revisions: Revisions;
  readonly #news: IncidentNews;
  readonly #vitals = new WeakMap<Snapshot, string>();

  constructor(context: RoundsContext, revisions: Revisions, news: IncidentNews) {
    this.#context = context;
    this.#news = news;
    this.#revisions = revisions;
  }

  /** Sends the next part. The id comes last: a client that has it has everything before it. */
  async write(stream: Stream, before = ''): Promise<void> {
    if (stream.isStale) await this.#look(stream);
    const id = `${this.#revisions.id()}-${stream.tag}`;
    const { dirty, user } = stream;
    const ids = take(dirty.hosts, perRound);
    // A host whose record has not been sent yet gets nothing else.
    const isTold = (hostId: number): boolean => !dirty.hosts.has(hostId);
    const statuses = take(dirty.statuses, perRound, isTold);
    const vitals = take(dirty.vitals, perRound, isTold);
    const detailed = take(dirty.snapshots, snapshotsPerRound, isTold);
    const gone = [...stream.gone];
    stream.gone.clear();
    const isIncidents = stream.isIncidents;
    stream.isIncidents = false;
    const isLast = !stream.isDirty;
    const parts = [before];
    if (isIncidents) parts.push(this.#news.text(user));
    if (gone.length > 0) parts.push(eventText('gone', JSON.stringify(gone)));
    if (ids.length > 0)
      parts.push(
        list(
          'hosts',
          (await this.#context.hosts.fleet.of(user, ids)).map((entry) => JSON.stringify(entry)),
        ),
      );
    const sightOf = await sightsOf(user, this.#context.hosts);
    const statusTexts = statuses.map((hostId) => this.#statusText(hostId, sightOf(hostId)));
    parts.push(list('statuses', statusTexts));
    parts.push(list('vitals', await Promise.all(vitals.map((hostId) => this.#vitalsText(hostId)))));
    for (const hostId of detailed) parts.push(await this.#detail(stream, hostId, sightOf(hostId)));
    if (isLast) parts.push(`id: ${id}\n${pingText(this.#context.clock.now())}`);
    const text = parts.join('');
    if (text !== '') stream.send(text);
  }

  async #look(stream: Stream): Promise<void> {
    stream.isStale = false;
    const now = new Set(await this.#context.hosts.access.visibleIds(stream.user));
    for (const id of stream.visible) {
      if (now.has(id)) continue;
      stream.gone.add(id);
      for (const dirty of Object.values(stream.dirty)) dirty.delete(id);
    }
    for (const id of now) if (!stream.visible.has(id)) for (const kind of kinds) stream.dirty[kind].add(id);
    stream.visible = now;
  }

  #statusText(hostId: number, sight: Sight): string {
    const kept = this.#context.snapshots.get(hostId);
    const snapshot = kept && snapshotSeen(kept, sight);
    const failure = snapshot?.failure ?? snapshot?.status?.failure ?? null;
    const none = { status: null, lastChecked: null, since: null, stale: false };
    const status = snapshot?.status ? statusView(snapshot.status) : none;
    const { state = null, hops = [] } = snapshot ?? {};
    const stateSince = state === null ? null : iso(state.since);
    return JSON.stringify({ id: hostId, ...status, stateSince, failure, hops } satisfies LiveStatus);
  }

  async #vitalsText(hostId: number): Promise<string> {
    const { hosts, snapshots, recent } = this.#context;
    const snapshot = snapshots.get(hostId);
    if (!snapshot) return '';
    let text = this.#vitals.get(snapshot);
    if (text === undefined) {
      const mounts = hosts.mounts.known(hostId) ?? (await hosts.mounts.of(hostId));
      const view = vitalsView(snapshot, mounts, recent);
      text = view === null ? '' : JSON.stringify(view);
      this.#vitals.set(snapshot, text);
    }
    return text;
  }

  async #detail(stream: Stream, hostId: number, sight: Sight): Promise<string> {
    const { snapshots, recent, texts, control } = this.#context;
    const kept = snapshots.get(hostId);
    if (!kept) return '';
    const snapshot = snapshotSeen(kept, sight);
    const footprint = JSON.stringify(footprintView(control.footprint(hostId)));
    const text = `{"id":${hostId},"snapshot":${await texts.snapshot(snapshot)},"footprint":${footprint}}`;
    const whole = eventText('snapshot', text);
    const newest = recent.newest(hostId);
    const last = stream.points.get(hostId);
    if (newest === null || newest.time === last) return whole;
    stream.points.set(hostId, newest.time);
    return last !== undefined && last === newest.after
      ? `${whole}${eventText('point', JSON.stringify({ id: hostId, ...newest }))}`
      : `${whole}${eventText('recent', JSON.stringify({ id: hostId, ...recent.get(hostId) }))}`;
  }
}

/** Removes the first few from a set. */
function take(from: Set<number>, most: number, fits: (id: number) => boolean = () => true): readonly number[] {
  const taken: number[] = [];
  for (const id of from) {
    if (taken.length >= most) break;
    if (!fits(id)) continue;
    taken.push(id);
    from.delete(id);
  }
  return taken;
}

/** Entries as one event; empty ones are left out. */
function list(name: string, entries: readonly string[]): string {
  const known = entries.filter((entry) => entry !== '');
  return known.length === 0 ? '' : eventText(name, `[${known.join(',')}]`);
}
