import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Viewer } from '../../hosts/access/access.ts';
import type { Observation } from '../../model/observation.ts';
import type { Bus } from '../../ports/bus.ts';
import type { LiveHello } from '../views/live.ts';
import { StreamBounds } from './bounds.ts';
import { createRevisions, type Kind, kinds, type Revisions } from './changes.ts';
import type { Sink } from './event-stream.ts';
import { eventText } from './event-stream.ts';
import { IncidentNews } from './incident-news.ts';
import { Rounds, type RoundsContext } from './rounds.ts';
import { Stream } from './stream.ts';

export type HubContext = RoundsContext & {
  readonly bus: Bus;
  readonly version: string;
  readonly onError: (error: unknown) => void;
};

const flushMs = 200;

/**
 * Everything that changes, for everybody who looks: marks for every open stream which hosts have news, and sends them a
 * few times a second. It sends the latest state, so a client that is slow or was away never gets a backlog.
 */
export class Hub {
  readonly #context: HubContext;
  readonly #revisions: Revisions = createRevisions();
  readonly #rounds: Rounds;
  readonly #bounds = new StreamBounds();
  readonly #streams = new Set<Stream>();
  readonly #endings: readonly (() => void)[];
  /** Counts changes of records and access. */
  #changes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: HubContext) {
    this.#context = context;
    const news = new IncidentNews(context.alerts.open, (userIds) => this.#incidentsChanged(userIds));
    this.#rounds = new Rounds(context, this.#revisions, news);
    this.#endings = [
      () => news.close(),
      context.bus.subscribe((observation) => this.#observed(observation)),
      context.bus.follow(({ hostId }) => this.#mark(hostId, 'statuses')),
      context.hosts.onChange((change, isGone) => this.#recordChanged(change, isGone)),
    ];
  }

  /** Takes a place for one more stream of a user; the returned function gives it back. Null: there are too many. */
  reserve(userId: string): (() => void) | null {
    return this.#bounds.reserve(userId);
  }

  /**
   * Opens a stream of everything that the user may see or, if `since` is an id of this process, of what has changed
   * since. `onEnd` is called once, whoever ended it.
   */
  async open(options: {
    readonly user: Viewer;
    readonly detailed: ReadonlySet<number>;
    readonly since: string;
    readonly sink: Sink;
    readonly onEnd: () => void;
  }): Promise<Stream> {
    const { user, detailed, sink } = options;
    // An id that was sent to one user means nothing for another.
    const tag = tagOf(user.id);
    const since = options.since.endsWith(`-${tag}`) ? this.#revisions.read(options.since) : null;
    const onDrain = (drained: Stream): void => this.#pump(drained);
    const onEnd = (ended: Stream): void => {
      this.#streams.delete(ended);
      options.onEnd();
    };
    const stream = new Stream({ user, tag, detailed, sink, onDrain, onEnd });
    // Nothing is written before hello.
    stream.isBusy = true;
    try {
      const before = this.#changes;
      stream.visible = new Set(await this.#context.hosts.access.visibleIds(user));
      this.#streams.add(stream);
      // What was read during a change may be out of date.
      if (this.#changes !== before) stream.isStale = true;
      this.#markAll(stream, since);
      await this.#rounds.write(stream, `retry: 2000\n${this.#hello(stream, since !== null)}`);
    } catch (error) {
      stream.end();
      throw error;
    }
    stream.isBusy = false;
    this.#pump(stream);
    return stream;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const end of this.#endings) end();
    for (const stream of this.#streams) stream.end();
  }

  #hello(stream: Stream, resumed: boolean): string {
    const { version, clock } = this.#context;
    const hello: LiveHello = { version, now: new Date(clock.now()).toISOString(), resumed, ids: [...stream.visible] };
    return eventText('hello', JSON.stringify(hello));
  }

  #markAll(stream: Stream, since: number | null): void {
    for (const id of stream.visible) {
      for (const kind of kinds) {
        if (since === null || this.#revisions.isAfter(id, kind, since)) stream.dirty[kind].add(id);
      }
      if (stream.detailed.has(id)) stream.dirty.snapshots.add(id);
    }
  }

  #mark(hostId: number, kind: Kind): void {
    this.#revisions.changed(hostId, kind);
    for (const stream of this.#streams) if (stream.visible.has(hostId)) stream.dirty[kind].add(hostId);
    this.#schedule();
  }

  #observed({ hostId, sample }: Observation): void {
    if (sample !== null) this.#mark(hostId, 'vitals');
    for (const stream of this.#streams) {
      if (stream.detailed.has(hostId) && stream.visible.has(hostId)) stream.dirty.snapshots.add(hostId);
    }
  }

  #incidentsChanged(userIds: ReadonlySet<string>): void {
    for (const stream of this.#streams) if (userIds.has(stream.user.id)) stream.isIncidents = true;
    this.#schedule();
  }

  #recordChanged(change: number | 'all', isGone: boolean): void {
    this.#changes += 1;
    this.#revisions.recordChanged(change);
    if (isGone && change !== 'all') this.#revisions.forget(change);
    for (const stream of this.#streams) {
      stream.isStale = true;
      for (const id of change === 'all' ? stream.visible : [change]) stream.dirty.hosts.add(id);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#streams.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const stream of this.#streams) this.#pump(stream);
    }, flushMs);
  }

  /** Writes to a stream until it has everything or accepts no more, unless that is already happening. */
  #pump(stream: Stream): void {
    if (!stream.isBusy) this.#writeAll(stream).catch(this.#context.onError);
  }

  async #writeAll(stream: Stream): Promise<void> {
    stream.isBusy = true;
    try {
      for (let round = 0; stream.isDirty && !stream.isWaiting && !stream.isEnded; round += 1) {
        if (round > 0) await setImmediate();
        await this.#rounds.write(stream);
      }
      if (stream.isWaiting) this.#bounds.enforce(stream, this.#streams);
    } catch (error) {
      this.#context.onError(error);
      stream.end();
    } finally {
      stream.isBusy = false;
    }
  }
}

function tagOf(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 16);
}
