import type { LiveEvents, LiveIncidents, LiveSnapshot } from '../../../src/http/views/live.ts';
import { setServerTime } from './clock.ts';
import { applyToFleet, type Fleet, type FleetHost, markIncidents } from './fleet.ts';
import { addPoint, type Recent, recentOf } from './recent.ts';

/** `lost`: there was a stream and there is none now; what is shown is what came last. */
export type Connection = 'connecting' | 'live' | 'lost';

/** All that has come from the stream, as one value that changes as a whole. */
export type LiveState = {
  readonly connection: Connection;
  /** Whether a first whole picture has come. */
  readonly isLoaded: boolean;
  readonly fleet: Fleet;
  readonly snapshots: ReadonlyMap<number, LiveSnapshot['snapshot']>;
  readonly footprints: ReadonlyMap<number, LiveSnapshot['footprint']>;
  readonly recents: ReadonlyMap<number, Recent>;
  /** What is open now; null before it has come. */
  readonly incidents: LiveIncidents | null;
};

const empty: LiveState = {
  connection: 'connecting',
  isLoaded: false,
  fleet: new Map(),
  snapshots: new Map(),
  footprints: new Map(),
  recents: new Map(),
  incidents: null,
};

/** What the stream has sent. Listeners are told once a frame, however many events came. */
export class Heard {
  #state = empty;
  #connection: Connection = 'connecting';
  #isLoaded = false;
  #frame = 0;
  readonly #fleet = new Map<number, FleetHost>();
  readonly #early = new Map<number, Partial<FleetHost>>();
  readonly #snapshots = new Map<number, LiveSnapshot['snapshot']>();
  readonly #footprints = new Map<number, LiveSnapshot['footprint']>();
  readonly #recents = new Map<number, Recent>();
  #incidents: LiveIncidents | null = null;
  readonly #listeners = new Set<() => void>();

  get state(): LiveState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes one event of the stream. */
  hear<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): void {
    if (name === 'ping') {
      this.#keepTime(data as LiveEvents['ping']);
      return;
    }
    if (name === 'snapshot') {
      const { id, snapshot, footprint } = data as LiveEvents['snapshot'];
      this.#snapshots.set(id, snapshot);
      this.#footprints.set(id, footprint);
    } else if (name === 'recent') {
      const recent = data as LiveEvents['recent'];
      this.#recents.set(recent.id, recentOf(recent));
    } else if (name === 'point') {
      const point = data as LiveEvents['point'];
      const after = addPoint(this.#recents.get(point.id) ?? { times: [], series: new Map() }, point);
      if (after) this.#recents.set(point.id, after);
    } else if (name === 'incidents') this.#incidents = data as LiveEvents['incidents'];
    else {
      applyToFleet(this.#fleet, this.#early, name, data);
      if (name === 'hello') this.#greet(data as LiveEvents['hello']);
      else if (name === 'hosts') this.#isLoaded = true;
    }
    if (this.#incidents && (name === 'hosts' || name === 'incidents')) markIncidents(this.#fleet, this.#incidents);
    this.#publish();
  }

  /** The stream ended. */
  lost(): void {
    if (this.#connection === 'live') this.#connection = 'lost';
    this.#publish();
  }

  /** Forgets the details of all hosts but these. */
  keepOnly(ids: readonly number[]): void {
    for (const details of [this.#snapshots, this.#footprints, this.#recents])
      for (const id of details.keys()) if (!ids.includes(id)) details.delete(id);
  }

  /** Forgets everything: somebody else may log in. */
  forget(): void {
    this.#fleet.clear();
    this.keepOnly([]);
    this.#incidents = null;
    this.#isLoaded = false;
    this.#connection = 'connecting';
    this.#state = empty;
    for (const listener of this.#listeners) listener();
  }

  #greet(hello: LiveEvents['hello']): void {
    this.#keepTime(hello);
    this.#connection = 'live';
    if (hello.ids.length === 0) this.#isLoaded = true;
  }

  #keepTime({ now }: { readonly now?: string }): void {
    if (now !== undefined) setServerTime(Date.parse(now));
  }

  #publish(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#state = {
        connection: this.#connection,
        isLoaded: this.#isLoaded,
        fleet: new Map(this.#fleet),
        snapshots: new Map(this.#snapshots),
        footprints: new Map(this.#footprints),
        recents: new Map(this.#recents),
        incidents: this.#incidents,
      };
      for (const listener of this.#listeners) listener();
    });
  }
}
