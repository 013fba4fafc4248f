import type { Viewer } from '../../hosts/access/access.ts';
import type { Kind } from './changes.ts';
import { kinds } from './changes.ts';

/** Where a stream is written to: a response of node:http. */
export type Sink = {
  /** False: it is full; `drain` comes when it may be written to again. */
  readonly write: (text: string) => boolean;
  readonly end: () => void;
  readonly once: (event: 'drain', listener: () => void) => unknown;
};

/** One client of the live stream: what it may see, what it looks at, and what it has not been sent yet. */
export type Stream = {
  readonly user: Viewer;
  /** Names the user in ids of events. */
  readonly tag: string;
  /** The hosts in view: their snapshots and samples are sent. */
  readonly detailed: ReadonlySet<number>;
  visible: ReadonlySet<number>;
  readonly dirty: Readonly<Record<Kind | 'snapshots', Set<number>>>;
  readonly gone: Set<number>;
  /** Host → the time of the last sample that was sent. */
  readonly points: Map<number, number>;
  /** What it may see may have changed. */
  isStale: boolean;
  /** What was written last was not taken yet. */
  isWaiting: boolean;
  isEnded: boolean;
  readonly send: (text: string) => void;
  readonly end: () => void;
};

const drainMs = 60_000;

export function createStream(options: {
  readonly user: Viewer;
  readonly tag: string;
  readonly detailed: ReadonlySet<number>;
  readonly sink: Sink;
  /** It can be written to again. */
  readonly onDrain: () => void;
  readonly onEnd: () => void;
}): Stream {
  const { sink, onDrain, onEnd } = options;
  let timer: NodeJS.Timeout | undefined;
  const stream: Stream = {
    user: options.user,
    tag: options.tag,
    detailed: options.detailed,
    visible: new Set(),
    dirty: { hosts: new Set(), statuses: new Set(), vitals: new Set(), snapshots: new Set() },
    gone: new Set(),
    points: new Map(),
    isStale: false,
    isWaiting: false,
    isEnded: false,
    send(text) {
      if (stream.isEnded || sink.write(text) || stream.isWaiting) return;
      // A slow client: nothing more is written until it has taken this; what changes meanwhile is only marked.
      stream.isWaiting = true;
      timer = setTimeout(stream.end, drainMs);
      sink.once('drain', () => {
        clearTimeout(timer);
        stream.isWaiting = false;
        onDrain();
      });
    },
    end() {
      if (stream.isEnded) return;
      stream.isEnded = true;
      clearTimeout(timer);
      sink.end();
      onEnd();
    },
  };
  return stream;
}

/** Whether there is anything to send. */
export function isDirty({ dirty, gone, isStale }: Stream): boolean {
  return isStale || gone.size > 0 || dirty.snapshots.size > 0 || kinds.some((kind) => dirty[kind].size > 0);
}
