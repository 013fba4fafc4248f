import { RequestError } from '../../lib/errors.ts';
import { ThreadLimitError, type Threads } from '../../lib/threads.ts';
import type { EventKind, HostEvent } from '../../model/alerts/event.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import type { Preview } from '../../model/alerts/preview.ts';
import type { Rule } from '../../model/alerts/rule.ts';
import type { Clock } from '../../ports/clock.ts';
import { historyLimits } from '../../ports/history-store.ts';
import { compile } from '../judging/compile.ts';
import type { EventCondition } from '../judging/events.ts';
import type { Readable } from '../judging/metrics.ts';
import type { AskPast } from '../start/past.ts';
import { Pace } from './pace.ts';
import { coarseMs, metricsOf, nothingRead, readPast, type Span } from './read.ts';
import type { PastHost, Replayed, ReplayTask } from './replay.ts';
import { Result } from './result.ts';

const module = new URL('./replay.ts', import.meta.url);

const dayMs = 86_400_000;
const spanMs = 7 * dayMs;
const mostHosts = historyLimits.hosts;
const mostEvents = 2_000;
/** No further host is begun after this part of the time; where all hosts are looked at together, that comes then. */
const enough = { each: 2 / 3, together: 1 / 3 };
/** What a thread does ends before it is ended. */
const share = 0.9;
/** How long a thread may take to start. */
const startMs = 20_000;

export type EventsOf = (
  hostIds: readonly number[],
  kinds: readonly EventKind[],
  since: number,
  most: number,
) => Promise<readonly HostEvent[]>;

export type PreviewOptions = {
  readonly clock: Clock;
  readonly metrics: ReadonlyMap<string, Readable>;
  /** Null: there is no history. */
  readonly ask: AskPast | null;
  /** What happened on hosts since a time, the newest first, at most `most`. */
  readonly eventsOf: EventsOf;
  /** How long an answer may take, ms. */
  readonly mostMs: number;
};

/** One look at what a rule would have done. */
export class Look {
  readonly #options: PreviewOptions;
  readonly #threads: Threads;
  readonly #rule: Rule;
  readonly #hosts: readonly AlertHost[];
  readonly #signal: AbortSignal;
  readonly #span: Span;
  readonly #result: Result;
  #begun: number;

  /** `hosts`: those that the rule may be about. */
  constructor(options: PreviewOptions, threads: Threads, rule: Rule, hosts: readonly AlertHost[], signal: AbortSignal) {
    const { clock, metrics } = options;
    this.#options = options;
    this.#threads = threads;
    this.#rule = rule;
    this.#signal = signal;
    const selected = hosts.filter((host) => compile(host, [rule], metrics).keys.size > 0);
    this.#hosts = selected.slice(0, mostHosts);
    const to = clock.now();
    this.#span = { from: to - spanMs, to };
    this.#result = new Result(this.#span, selected.length);
    this.#begun = clock.monotonic();
  }

  /** Once. What cannot be read in time is left out. */
  async run(): Promise<Preview> {
    const { condition } = this.#rule;
    await this.#start();
    const limit = AbortSignal.any([this.#signal, AbortSignal.timeout(this.#options.mostMs)]);
    try {
      if (condition.kind === 'event') await this.#events(condition);
      else await this.#numbers(limit);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!limit.aborted && !(error instanceof ThreadLimitError)) throw error;
      this.#result.isCut = true;
    }
    return this.#result.answer();
  }

  /** The time that a busy machine takes to start a thread is not taken from the answer's. */
  async #start(): Promise<void> {
    try {
      await this.#threads.run<null>(module, 'ready', null, { timeoutMs: startMs, signal: this.#signal });
    } catch (error) {
      if (!(error instanceof ThreadLimitError)) throw error;
      throw new RequestError(503, 'Sonde is too busy for a preview. Try again in a moment', undefined, 5);
    }
    this.#begun = this.#options.clock.monotonic();
  }

  async #numbers(limit: AbortSignal): Promise<void> {
    const { ask, mostMs } = this.#options;
    if (ask === null) return;
    const { condition } = this.#rule;
    // That Sonde itself was cut off shows only in all hosts together.
    const isEach = metricsOf(condition).length > 0;
    const enoughMs = mostMs * (isEach ? enough.each : enough.together);
    const pace = new Pace(enoughMs);
    const span = { from: this.#span.from - warmUpMs(this.#rule), to: this.#span.to };
    const waiting: PastHost[] = [];
    for (const host of this.#hosts) {
      const passedMs = this.#passedMs;
      if (passedMs > enoughMs) break;
      const isCoarse = pace.isCoarse(passedMs, this.#hosts.length - this.#result.looked);
      const read = await readPast(ask, host, condition, span, isCoarse, limit);
      this.#result.read(read);
      if (isEach) await this.#replay([read.past], []);
      else waiting.push(read.past);
    }
    if (waiting.length > 0) await this.#replay(waiting, []);
  }

  async #events({ events: kinds }: EventCondition): Promise<void> {
    const ids = this.#hosts.map(({ id }) => id);
    const since = this.#span.from - warmUpMs(this.#rule);
    const events = (await this.#options.eventsOf(ids, kinds, since, mostEvents)).toReversed();
    this.#result.happened(ids.length, events, events.length >= mostEvents);
    if (events.length > 0) await this.#replay(this.#hosts.map(nothingRead), events);
  }

  async #replay(hosts: readonly PastHost[], events: readonly HostEvent[]): Promise<void> {
    const timeoutMs = Math.max(1, Math.round(this.#options.mostMs - this.#passedMs));
    const metrics = metricsOf(this.#rule.condition).flatMap((name) => {
      const found = this.#options.metrics.get(name);
      if (found === undefined) return [];
      const { read: _, ...told } = found;
      return [told];
    });
    const task: ReplayTask = { rule: this.#rule, metrics, hosts, events, ...this.#span, mostMs: share * timeoutMs };
    const signal = this.#signal;
    this.#result.add(await this.#threads.run<Replayed>(module, 'replay', task, { timeoutMs, signal }));
  }

  get #passedMs(): number {
    return this.#options.clock.monotonic() - this.#begun;
  }
}

/** What a rule must have seen before the first time that counts, up to a day. */
function warmUpMs({ condition, forSeconds }: Rule): number {
  const window = 'windowSeconds' in condition ? condition.windowSeconds : 0;
  const seconds = Math.min(window + forSeconds + 600, dayMs / 1000);
  return Math.ceil((1000 * seconds) / coarseMs) * coarseMs;
}
