import { createHash } from 'node:crypto';
import type { Recent } from '../../history/recent.ts';
import type { Viewer } from '../../hosts/access/access.ts';
import type { Hosts } from '../../hosts/hosts.ts';
import type { Observation } from '../../model/observation.ts';
import type { HostStatus, Snapshot } from '../../model/snapshot.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Control } from '../../ports/control.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { sightsOf } from '../sight.ts';
import type { SnapshotTexts } from '../snapshot-texts.ts';
import { footprintView } from '../views/footprint.ts';
import type { LiveHello, LiveStatus } from '../views/live.ts';
import { type Sight, snapshotSeen } from '../views/sight.ts';
import { statusView } from '../views.ts';
import { createRevisions, type Kind, kinds } from './changes.ts';
import { eventText } from './event-stream.ts';
import { createStream, isDirty, type Sink, type Stream } from './stream.ts';
import { vitalsView } from './vitals.ts';

export type HubContext = {
  readonly hosts: Hosts;
  readonly snapshots: SnapshotStore;
  readonly recent: Recent;
  readonly bus: Bus;
  readonly control: Pick<Control, 'footprint'>;
  readonly texts: SnapshotTexts;
  readonly version: string;
  readonly onError: (error: unknown) => void;
};

const flushMs = 200;
const maxStreams = 1_000;
const maxPerUser = 20;

/**
 * Everything that changes, for whoever looks: marks for every open stream which hosts it has not been told of, and tells it
 * a few times a second. What is sent is the latest state, so a client that is slow or was away is never sent a backlog.
 */
export function createHub(context: HubContext) {
  const { hosts, snapshots, recent, texts, bus, control } = context;
  const streams = new Set<Stream>();
  /** Those that have not been told hello yet. */
  const opening = new Set<Stream>();
  /** Grows with every record or access that changed. */
  let changes = 0;
  const revisions = createRevisions();
  const told = new Map<number, string>();
  const vitals = new WeakMap<Snapshot, string>();
  let timer: NodeJS.Timeout | undefined;
  let flushing = false;

  function mark(hostId: number, kind: Kind): void {
    revisions.changed(hostId, kind);
    for (const stream of streams) if (stream.visible.has(hostId)) stream.dirty[kind].add(hostId);
    schedule();
  }

  function schedule(): void {
    if (streams.size === 0) return;
    timer ??= setTimeout(() => {
      flush().catch(context.onError);
    }, flushMs);
  }

  function observed({ hostId, sample }: Observation): void {
    const snapshot = snapshots.get(hostId);
    const now = verdictOf(snapshot);
    if (told.get(hostId) !== now) {
      told.set(hostId, now);
      mark(hostId, 'statuses');
    }
    if (sample !== null) mark(hostId, 'vitals');
    for (const stream of streams) {
      if (stream.detailed.has(hostId) && stream.visible.has(hostId)) stream.dirty.snapshots.add(hostId);
    }
  }

  const endings = [
    bus.subscribe(observed),
    hosts.onChange((change, isGone) => {
      changes += 1;
      revisions.recordChanged(change);
      if (isGone && change !== 'all') {
        told.delete(change);
        revisions.forget(change);
      }
      for (const stream of streams) {
        stream.isStale = true;
        for (const id of change === 'all' ? stream.visible : [change]) stream.dirty.hosts.add(id);
      }
      schedule();
    }),
  ];

  async function flush(): Promise<void> {
    timer = undefined;
    if (flushing) return schedule();
    flushing = true;
    try {
      for (const stream of streams) {
        if (stream.isWaiting || stream.isEnded || opening.has(stream) || !isDirty(stream)) continue;
        await write(stream).catch((error: unknown) => {
          context.onError(error);
          stream.end();
        });
      }
    } finally {
      flushing = false;
    }
  }

  async function look(stream: Stream): Promise<void> {
    stream.isStale = false;
    const now = new Set(await hosts.visibleIds(stream.user));
    for (const id of stream.visible) {
      if (now.has(id)) continue;
      stream.gone.add(id);
      for (const dirty of Object.values(stream.dirty)) dirty.delete(id);
    }
    for (const id of now) if (!stream.visible.has(id)) for (const kind of kinds) stream.dirty[kind].add(id);
    stream.visible = now;
  }

  /** Sends a stream all that it has not been told. The id comes last: who has it has everything before it. */
  async function write(stream: Stream, before = ''): Promise<void> {
    if (stream.isStale) await look(stream);
    const id = `${revisions.id()}-${stream.tag}`;
    const { dirty } = stream;
    const taken = { ...dirty, hosts: [...dirty.hosts], statuses: [...dirty.statuses], vitals: [...dirty.vitals] };
    const detailed = [...dirty.snapshots];
    for (const each of Object.values(dirty)) each.clear();
    const gone = [...stream.gone];
    stream.gone.clear();
    const { user } = stream;
    const parts = [before];
    if (gone.length > 0) parts.push(eventText('gone', JSON.stringify(gone)));
    if (taken.hosts.length > 0) {
      const entries = await hosts.fleet(user, taken.hosts);
      if (entries.length > 0) parts.push(eventText('hosts', JSON.stringify(entries)));
    }
    const sightOf = await sightsOf(user, hosts);
    parts.push(
      list(
        'statuses',
        taken.statuses.map((hostId) => statusText(hostId, sightOf(hostId))),
      ),
    );
    parts.push(list('vitals', await Promise.all(taken.vitals.map(vitalsText))));
    for (const hostId of detailed) parts.push(await detail(stream, hostId, sightOf(hostId)));
    stream.send(`${parts.join('')}id: ${id}\n${eventText('ping', '{}')}`);
  }

  function statusText(hostId: number, sight: Sight): string {
    const kept = snapshots.get(hostId);
    const snapshot = kept && snapshotSeen(kept, sight);
    const failure = snapshot?.failure ?? snapshot?.status?.failure ?? null;
    const none = { status: null, lastChecked: null, since: null, stale: false };
    const status = snapshot?.status ? statusView(snapshot.status) : none;
    return JSON.stringify({ id: hostId, ...status, failure, hops: snapshot?.hops ?? [] } satisfies LiveStatus);
  }

  async function vitalsText(hostId: number): Promise<string> {
    const snapshot = snapshots.get(hostId);
    if (!snapshot) return '';
    let text = vitals.get(snapshot);
    if (text === undefined) {
      const mounts = hosts.knownMounts(hostId) ?? (await hosts.mounts(hostId));
      const view = vitalsView(snapshot, mounts, recent);
      text = view === null ? '' : JSON.stringify(view);
      vitals.set(snapshot, text);
    }
    return text;
  }

  async function detail(stream: Stream, hostId: number, sight: Sight): Promise<string> {
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

  return {
    /** Whether one more stream may be opened for a user. */
    mayOpen(userId: string): boolean {
      let own = 0;
      for (const stream of streams) if (stream.user.id === userId) own += 1;
      return streams.size < maxStreams && own < maxPerUser;
    },
    /**
     * Opens a stream: everything that the user may see, or where `since` is an id of this process, what changed after it.
     * `onEnd` is called once, whoever ended it.
     */
    async open(options: {
      readonly user: Viewer;
      readonly detailed: ReadonlySet<number>;
      readonly since: string;
      readonly sink: Sink;
      readonly onEnd: () => void;
    }): Promise<Stream> {
      // What one user was told says nothing of what another was.
      const tag = tagOf(options.user.id);
      const since = options.since.endsWith(`-${tag}`) ? revisions.read(options.since) : null;
      const stream = createStream({
        ...options,
        tag,
        onDrain: schedule,
        onEnd: () => {
          streams.delete(stream);
          options.onEnd();
        },
      });
      const before = changes;
      stream.visible = new Set(await hosts.visibleIds(options.user));
      streams.add(stream);
      opening.add(stream);
      // What was read while it changed may be what it was before.
      if (changes !== before) stream.isStale = true;
      for (const id of stream.visible) {
        for (const kind of kinds) {
          if (since === null || revisions.isAfter(id, kind, since)) stream.dirty[kind].add(id);
        }
        if (stream.detailed.has(id)) stream.dirty.snapshots.add(id);
      }
      const hello: LiveHello = {
        version: context.version,
        now: new Date().toISOString(),
        resumed: since !== null,
        ids: [...stream.visible],
      };
      try {
        await write(stream, `retry: 2000\n${eventText('hello', JSON.stringify(hello))}`);
      } catch (error) {
        stream.end();
        throw error;
      } finally {
        opening.delete(stream);
        schedule();
      }
      return stream;
    },
    close(): void {
      clearTimeout(timer);
      for (const end of endings) end();
      for (const stream of streams) stream.end();
    },
  };
}

export type Hub = ReturnType<typeof createHub>;

function tagOf(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 16);
}

/** What makes a status another one. */
function verdictOf(snapshot: Snapshot | undefined): string {
  const status: HostStatus | null = snapshot?.status ?? null;
  const failure = snapshot?.failure ?? status?.failure;
  const hops = snapshot?.hops.map(({ name, state }) => `${name} ${state}`) ?? [];
  return [
    status?.status,
    status?.since,
    status?.stale,
    failure?.stage,
    failure?.reason,
    failure?.message,
    ...hops,
  ].join('\0');
}

const perEvent = 100;

/** Entries as events of a bounded size; empty ones are left out. */
function list(name: string, entries: readonly string[]): string {
  const known = entries.filter((entry) => entry !== '');
  let text = '';
  for (let at = 0; at < known.length; at += perEvent) {
    text += eventText(name, `[${known.slice(at, at + perEvent).join(',')}]`);
  }
  return text;
}
