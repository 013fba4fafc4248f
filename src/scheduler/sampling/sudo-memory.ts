import { readRefusal, type SudoRefusal, sudoSentence } from '../../collectors/sampler/sudo.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Holds } from '../connections/holds.ts';

/** How long sudo is not asked again, ms; every refusal is an alert in the host's auth log. */
const dayMs = 86_400_000;
/** The same after a person started the host: repeated starts must not each ask sudo, ms. */
const personAgainMs = 60_000;
/** The same after a person said that it was permitted now, ms. */
const permittedAgainMs = 1_000;

/** What sudo refused on one host, kept across connections and restarts. */
export class SudoMemory {
  private readonly clock: Clock;
  private readonly hostId: number;
  private readonly holds: Holds;
  private known: readonly SudoRefusal[] = [];
  private since = 0;
  private until = 0;

  constructor(clock: Clock, hostId: number, holds: Holds) {
    this.clock = clock;
    this.hostId = hostId;
    this.holds = holds;
    const hold = holds.get(hostId, 'sudo');
    if (!hold) return;
    this.known = refusalsIn(hold.state);
    this.since = holds.monotonic(hold.since);
    this.until = holds.monotonic(hold.until ?? hold.since);
  }

  /** What is not asked now; the same array as long as nothing changes. */
  get refusals(): readonly SudoRefusal[] {
    if (this.known.length > 0 && this.clock.monotonic() >= this.until) this.forget();
    return this.known;
  }

  /** An answer of the host reported what sudo refused. */
  learn(found: readonly SudoRefusal[]): void {
    const isNew = ({ kind, command }: SudoRefusal): boolean =>
      !this.known.some((one) => one.kind === kind && one.command === command);
    const added = found.filter(isNew);
    if (added.length === 0) return;
    this.known = [...this.known, ...added];
    this.since = this.clock.monotonic();
    this.until = this.since + dayMs;
    this.holds.set({
      hostId: this.hostId,
      kind: 'sudo',
      failure: { stage: 'shell', reason: 'rejected', ...sudoSentence(this.known) },
      since: this.holds.wall(this.since),
      until: this.holds.wall(this.until),
      state: this.known.map(({ kind, command, said }) => `${kind} ${command} ${said}`),
    });
  }

  /** A person asks: by starting the host, or, with `saysSo`, because it was permitted now. */
  askAgain(saysSo = false): void {
    const waitMs = saysSo ? permittedAgainMs : personAgainMs;
    if (this.known.length > 0 && this.clock.monotonic() - this.since >= waitMs) this.forget();
  }

  private forget(): void {
    this.known = [];
    this.holds.delete(this.hostId, 'sudo');
  }
}

function refusalsIn(state: unknown): readonly SudoRefusal[] {
  if (!Array.isArray(state)) return [];
  return state.flatMap((line) => (typeof line === 'string' ? (readRefusal(line) ?? []) : []));
}
