import type { Clock } from '../../ports/clock.ts';
import { isNearlyFull, type Space } from './disk.ts';
import type { LastingKind, OwnReport, Trouble } from './trouble.ts';

/** A channel that its service does not take messages from. `error`: what the service said last. */
export type FailingChannel = {
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  readonly error: string | null;
};

/** How many hosts answer and should have been sampled by now, and how many of them were not. */
export type Lateness = { readonly late: number; readonly of: number };

/** Where Sonde learns about itself. What rejects is not known. */
export type OwnSources = {
  /** The ids of all admins: each has an incident of their own. */
  readonly admins: () => Promise<readonly string[]>;
  /** The disk that the database is on. */
  readonly space: () => Promise<Space>;
  /** Why the database cannot be written; null: it can. */
  readonly trouble: () => { readonly message: string } | null;
  readonly failingChannels: () => Promise<readonly FailingChannel[]>;
};

/** A clock that was set by less is one that is kept right. */
const jumpMs = 60_000;
const fewHosts = 5;
const mostChannels = 20;
const gib = 1024 ** 3;

/** Looks at Sonde itself, every few seconds. */
export class OwnWatch {
  readonly #sources: OwnSources;
  readonly #clock: Clock;
  #last: { readonly wall: number; readonly steady: number } | null = null;
  #isFull = false;
  /** The channels that were told of at the last look. */
  #failed: ReadonlySet<number> = new Set();
  /** Null: nothing is known yet. */
  #isCutOff: boolean | null = null;

  constructor(sources: OwnSources, clock: Clock) {
    this.#sources = sources;
    this.#clock = clock;
  }

  /** Sonde is cut off from the network, or proven not to be. */
  cutOff(isCutOff: boolean): void {
    this.#isCutOff = isCutOff;
  }

  /** A host answered: unless the scheduler says otherwise, the network is there. */
  reached(): void {
    this.#isCutOff ??= false;
  }

  admins(): Promise<readonly string[]> {
    return this.#sources.admins();
  }

  /** Never rejects. */
  async look(lateness: Lateness): Promise<OwnReport> {
    const unknown = new Set<LastingKind>();
    const saving = this.#sources.trouble();
    const troubles: Trouble[] = [
      ...this.#clockJump(),
      ...(saving === null ? [] : [trouble('sonde-not-saving', saving.message)]),
      ...(this.#isCutOff === true ? [trouble('sonde-cut-off', cutOffText)] : []),
      ...lateOf(lateness),
    ];
    if (this.#isCutOff === null) unknown.add('sonde-cut-off');
    // While Sonde is cut off, nothing comes, and no channel can be reached: that is told once.
    if (this.#isCutOff === true) unknown.add('sonde-late').add('sonde-channel-failing');
    else
      try {
        troubles.push(...this.#failing(await this.#sources.failingChannels()));
      } catch {
        unknown.add('sonde-channel-failing');
      }
    try {
      troubles.push(...this.#disk(await this.#sources.space()));
    } catch {
      unknown.add('sonde-disk-full');
    }
    return { troubles: troubles.filter(({ kind }) => kind === 'sonde-clock-jumped' || !unknown.has(kind)), unknown };
  }

  /** Those that were told of stay among them as long as they fail, so that none seems to work because others fail, too. */
  #failing(channels: readonly FailingChannel[]): readonly Trouble[] {
    const before = this.#failed;
    const told = [...channels.filter(({ id }) => before.has(id)), ...channels.filter(({ id }) => !before.has(id))];
    const some = told.slice(0, mostChannels);
    this.#failed = new Set(some.map(({ id }) => id));
    return some.map(({ id, name, owner, error }) => {
      const said = error === null || error === '' ? '' : `: ${error}`;
      return trouble('sonde-channel-failing', `The channel ${name} of ${owner} does not work${said}`, `channel ${id}`);
    });
  }

  #disk(space: Space): readonly Trouble[] {
    this.#isFull = isNearlyFull(space, this.#isFull);
    const free = (space.freeBytes / gib).toFixed(1);
    return this.#isFull
      ? [trouble('sonde-disk-full', `The disk with Sonde's database has ${free} GiB left; full, nothing is saved`)]
      : [];
  }

  /** What the wall clock did that a clock which never jumps did not. */
  #clockJump(): readonly Trouble[] {
    const [wall, steady] = [this.#clock.now(), this.#clock.monotonic()];
    const last = this.#last;
    this.#last = { wall, steady };
    if (last === null) return [];
    const jumped = wall - last.wall - (steady - last.steady);
    if (Math.abs(jumped) < jumpMs) return [];
    const way = jumped > 0 ? 'forward' : 'back';
    // The clock that never jumps stands still while a machine sleeps.
    const why = jumped > 0 ? ', or the machine slept' : '';
    const summary = `The clock of the machine that Sonde runs on went ${way} by ${spanOf(Math.abs(jumped))}${why}`;
    return [{ kind: 'sonde-clock-jumped', subject: way, summary }];
  }
}

const cutOffText = 'Sonde reached nothing: not its hosts, and nothing else. Until then nothing was known about hosts';

function trouble(kind: LastingKind, summary: string, subject = 'sonde'): Trouble {
  return { kind, subject, summary };
}

/** Most of the hosts that answer are not sampled: it is Sonde that does not keep up. */
function lateOf({ late, of }: Lateness): readonly Trouble[] {
  if (late < fewHosts || late * 2 < of) return [];
  return [trouble('sonde-late', `${late} of ${of} hosts that answer were not sampled in time`)];
}

function spanOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
