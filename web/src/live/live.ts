import type { LiveEvents, LiveSnapshot } from '../../../src/http/views/live.ts';
import { applyToFleet, type Fleet, type FleetHost } from './fleet.ts';
import { addPoint, type Recent, recentOf } from './recent.ts';

/** `lost`: it was there and is not now; what is shown is what was last heard. */
export type Connection = 'connecting' | 'live' | 'lost';

/** What the stream has told, as one value that changes as a whole. */
export type LiveState = {
  readonly connection: Connection;
  /** Whether a first whole picture has come. */
  readonly isLoaded: boolean;
  readonly fleet: Fleet;
  readonly snapshots: ReadonlyMap<number, LiveSnapshot['snapshot']>;
  readonly footprints: ReadonlyMap<number, LiveSnapshot['footprint']>;
  readonly recents: ReadonlyMap<number, Recent>;
};

/** The hosts whose page is open, and those whose rows are on the screen: both are watched while the stream is open. */
export type View = { readonly hosts: readonly number[]; readonly watch: readonly number[] };

const names = ['ping', 'hello', 'hosts', 'gone', 'statuses', 'vitals', 'snapshot', 'recent', 'point'] as const;
const empty: LiveState = {
  connection: 'connecting',
  isLoaded: false,
  fleet: new Map(),
  snapshots: new Map(),
  footprints: new Map(),
  recents: new Map(),
};
const firstRetryMs = 1_000;
const maxRetryMs = 15_000;
/** The server sends a ping every 15 s; a stream that is silent for longer is dead although nobody said so. */
const silentMs = 40_000;

/** The one live stream of the page: opens it, opens it again where it ended, and keeps what it told. */
export function createLive(options: { readonly onUnauthorised: () => void }) {
  let state = empty;
  let view: View = { hosts: [], watch: [] };
  let source: EventSource | null = null;
  let opened = '';
  let lastId = '';
  let retryMs = firstRetryMs;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  let active = false;
  let isLookedAt = true;
  let heardAt = 0;
  let fleet = new Map<number, FleetHost>();
  const early = new Map<number, Partial<FleetHost>>();
  const snapshots = new Map<number, LiveSnapshot['snapshot']>();
  const footprints = new Map<number, LiveSnapshot['footprint']>();
  const recents = new Map<number, Recent>();
  let isLoaded = false;
  let connection: Connection = 'connecting';
  const listeners = new Set<() => void>();

  function publish(): void {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      state = {
        connection,
        isLoaded,
        fleet: new Map(fleet),
        snapshots: new Map(snapshots),
        footprints: new Map(footprints),
        recents: new Map(recents),
      };
      for (const listener of listeners) listener();
    });
  }

  function hear<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): void {
    switch (name) {
      case 'ping':
        return;
      case 'snapshot': {
        const { id, snapshot, footprint } = data as LiveEvents['snapshot'];
        snapshots.set(id, snapshot);
        footprints.set(id, footprint);
        break;
      }
      case 'recent': {
        const recent = data as LiveEvents['recent'];
        recents.set(recent.id, recentOf(recent));
        break;
      }
      case 'point': {
        const point = data as LiveEvents['point'];
        const before = recents.get(point.id) ?? { times: [], series: new Map() };
        const after = addPoint(before, point);
        if (after) recents.set(point.id, after);
        break;
      }
      default:
        applyToFleet(fleet, early, name, data);
        if (name === 'hello') {
          connection = 'live';
          retryMs = firstRetryMs;
          if ((data as LiveEvents['hello']).ids.length === 0) isLoaded = true;
        } else if (name === 'hosts') isLoaded = true;
    }
    publish();
  }

  function address(): string {
    if (!isLookedAt) return '';
    const parts = [
      ...(view.hosts.length > 0 ? [`hosts=${view.hosts.join(',')}`] : []),
      ...(view.watch.length > 0 ? [`watch=${view.watch.join(',')}`] : []),
    ];
    return parts.join('&');
  }

  function connect(): void {
    clearTimeout(retryTimer);
    source?.close();
    opened = address();
    const since = lastId === '' ? '' : `since=${encodeURIComponent(lastId)}`;
    const query = [opened, since].filter((part) => part !== '').join('&');
    const stream = new EventSource(query === '' ? '/live' : `/live?${query}`);
    source = stream;
    heardAt = Date.now();
    for (const name of names) {
      stream.addEventListener(name, (event: MessageEvent<string>) => {
        if (source !== stream) return;
        heardAt = Date.now();
        if (event.lastEventId !== '') lastId = event.lastEventId;
        hear(name, JSON.parse(event.data));
      });
    }
    stream.onerror = () => {
      if (source === stream) lost();
    };
  }

  function lost(): void {
    source?.close();
    source = null;
    if (!active) return;
    if (connection === 'live') connection = 'lost';
    publish();
    retryTimer = setTimeout(() => {
      void check().then((mayConnect) => {
        if (active && mayConnect) connect();
      });
    }, retryMs);
    retryMs = Math.min(maxRetryMs, retryMs * 2);
  }

  /** An EventSource does not say why it failed: ask whether it is the session. */
  async function check(): Promise<boolean> {
    const response = await fetch('/users/me').catch(() => null);
    if (response?.status !== 401) return true;
    options.onUnauthorised();
    return false;
  }

  const soon = (): void => {
    if (!active) return;
    if (source === null) {
      retryMs = firstRetryMs;
      connect();
    } else if (Date.now() - heardAt > silentMs) lost();
  };
  const timer = setInterval(() => {
    if (active && source && Date.now() - heardAt > silentMs * 2) lost();
  }, 10_000);
  addEventListener('online', soon);

  return {
    getState: (): LiveState => state,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Says what is in view; the stream is opened anew where that changed, and goes on where it was. */
    setView(next: View): void {
      view = next;
      for (const id of snapshots.keys()) if (!next.hosts.includes(id)) snapshots.delete(id);
      for (const id of footprints.keys()) if (!next.hosts.includes(id)) footprints.delete(id);
      for (const id of recents.keys()) if (!next.hosts.includes(id)) recents.delete(id);
      if (active && address() !== opened) connect();
    },
    /** Whether somebody may look at the page: if not, nothing is in view. */
    look(isSeen: boolean): void {
      isLookedAt = isSeen;
      if (active && address() !== opened) connect();
    },
    start(): void {
      if (active) soon();
      else {
        active = true;
        connect();
      }
    },
    /** Ends the stream; what was heard stays. */
    pause(): void {
      active = false;
      clearTimeout(retryTimer);
      source?.close();
      source = null;
    },
    /** Ends the stream and forgets everything: somebody else may log in. */
    stop(): void {
      this.pause();
      fleet = new Map();
      snapshots.clear();
      footprints.clear();
      recents.clear();
      lastId = '';
      isLoaded = false;
      connection = 'connecting';
      state = empty;
      for (const listener of listeners) listener();
    },
    dispose(): void {
      this.stop();
      clearInterval(timer);
      removeEventListener('online', soon);
    },
  };
}

export type Live = ReturnType<typeof createLive>;
