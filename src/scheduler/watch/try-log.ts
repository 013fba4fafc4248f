import type { Log, LogEntry } from '../../model/connection/log.ts';
import type { Clock } from '../../ports/clock.ts';
import { createConnectionLog } from '../connections/connection-log.ts';

const maxEntries = 200;

/** What the newest entries are about. */
type About = 'nothing' | 'connecting' | 'loss' | 'check';

/**
 * What happened at the last attempt to reach a host: to connect to it, to sample it over a connection that fell silent, or
 * to ping it when it went down. A check that follows a failed attempt or a lost connection belongs to it.
 */
export class TryLog {
  private readonly clock: Clock;
  private before: readonly LogEntry[] = [];
  private current: () => readonly LogEntry[] = () => [];
  private about: About = 'nothing';

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get entries(): readonly LogEntry[] {
    return [...this.before, ...this.current()].slice(-maxEntries);
  }

  /** A log of a new attempt to connect, which also passes its entries on. */
  begin(told: Log): Log {
    const { log, entries } = createConnectionLog(this.clock);
    this.before = this.about === 'loss' ? this.entries : [];
    this.current = entries;
    this.about = 'connecting';
    return (...entry) => {
      log(...entry);
      told(...entry);
    };
  }

  /** The connection ended by itself. */
  lost(message: string): void {
    const { log, entries } = createConnectionLog(this.clock);
    log('error', 'connected', message);
    this.before = [];
    this.current = entries;
    this.about = 'loss';
  }

  /** A log of a check of the host. `keep` is called when the host was found to be down; other checks leave no trace. */
  check(): { readonly log: Log; readonly keep: () => void } {
    const { log, entries } = createConnectionLog(this.clock);
    return {
      log,
      keep: () => {
        this.before = this.isUnfinished ? this.entries : [];
        this.current = entries;
        this.about = 'check';
      },
    };
  }

  /** Whether a check that is made now still belongs to the newest entries. */
  private get isUnfinished(): boolean {
    return this.about === 'loss' || (this.about === 'connecting' && this.entries.at(-1)?.type === 'error');
  }
}
