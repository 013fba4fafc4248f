import { RequestError } from '../../lib/errors.ts';
import { ThreadLimitError, Threads } from '../../lib/threads.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import type { Preview } from '../../model/alerts/preview.ts';
import type { Rule } from '../../model/alerts/rule.ts';
import type { Clock } from '../../ports/clock.ts';
import { historyLimits } from '../../ports/history-store.ts';
import { compile } from '../judging/compile.ts';
import type { Readable } from '../judging/metrics.ts';
import type { AskPast } from '../past.ts';
import { Pace } from './pace.ts';
import { coarseMs, metricsOf, readPast } from './read.ts';
import type { PastHost, Replayed, ReplayTask } from './replay.ts';
import { Result } from './result.ts';

const module = new URL('./replay.ts', import.meta.url);

const dayMs = 86_400_000;
const spanMs = 7 * dayMs;
const mostHosts = historyLimits.hosts;
/** How long an answer may take. */
export const previewMs = 4_500;
/** No further host is begun after this part of it; where all hosts are looked at together, that comes then. */
const enough = { each: 2 / 3, together: 1 / 3 };
/** What a thread does ends before it is ended. */
const share = 0.9;
const mostAtOnce = 2;

export type PreviewOptions = {
  readonly clock: Clock;
  readonly metrics: ReadonlyMap<string, Readable>;
  /** Null: there is no history. */
  readonly ask: AskPast | null;
  /** How long an answer may take, ms. */
  readonly mostMs: number;
};

/** What rules would have opened in the last week, by the engine itself on what history has. */
export class Previews implements AsyncDisposable {
  readonly #options: PreviewOptions;
  readonly #threads = new Threads({ maxThreads: 1, maxQueue: mostAtOnce - 1, memoryMb: 256 });
  #underWay = 0;

  constructor(options: PreviewOptions) {
    this.#options = options;
  }

  /**
   * Rejects with RequestError 503 while there are too many, and with the signal's reason. `hosts`: those that the rule may be
   * about; only the first 50 that it is about are looked at, and what cannot be read in time is left out, which the answer says.
   */
  async preview(rule: Rule, hosts: readonly AlertHost[], signal: AbortSignal): Promise<Preview> {
    if (this.#underWay >= mostAtOnce)
      throw new RequestError(503, 'Sonde is busy with other previews. Try again in a moment', undefined, 5);
    this.#underWay += 1;
    try {
      return await this.#preview({ ...rule, enabled: true }, hosts, signal);
    } finally {
      this.#underWay -= 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads[Symbol.asyncDispose]();
  }

  async #preview(rule: Rule, hosts: readonly AlertHost[], signal: AbortSignal): Promise<Preview> {
    const { clock, metrics, ask, mostMs } = this.#options;
    const isEach = metricsOf(rule.condition).length > 0;
    const enoughMs = mostMs * (isEach ? enough.each : enough.together);
    const selected = hosts.filter((host) => compile(host, [rule], metrics).keys.size > 0);
    const to = clock.now();
    const from = to - spanMs;
    const span = { from: from - warmUpMs(rule), to };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
    const pace = new Pace(enoughMs);
    const result = new Result({ from, to }, selected.length);
    const begun = clock.monotonic();
    let waiting: PastHost[] = [];
    const replayWaiting = async (): Promise<void> => {
      const timeoutMs = Math.max(1, Math.round(mostMs - (clock.monotonic() - begun)));
      const replayMs = share * timeoutMs;
      const task: ReplayTask = { rule, metrics: this.#readables(rule), hosts: waiting, from, mostMs: replayMs };
      waiting = [];
      result.add(await this.#threads.run<Replayed>(module, 'replay', task, { timeoutMs, signal }));
    };
    try {
      for (const host of selected.slice(0, mostHosts)) {
        const passedMs = clock.monotonic() - begun;
        if (ask === null || passedMs > enoughMs) break;
        const isCoarse = pace.isCoarse(passedMs, Math.min(selected.length, mostHosts) - result.looked);
        const read = await readPast(ask, host, rule.condition, span, isCoarse, limit);
        result.read(read);
        waiting.push(read.past);
        // That Sonde itself was cut off shows only in all hosts together.
        if (isEach) await replayWaiting();
      }
      if (waiting.length > 0) await replayWaiting();
    } catch (error) {
      signal.throwIfAborted();
      if (!limit.aborted && !(error instanceof ThreadLimitError)) throw error;
      result.isCut = true;
    }
    return result.answer();
  }

  #readables(rule: Rule): ReplayTask['metrics'] {
    return metricsOf(rule.condition).flatMap((name) => {
      const found = this.#options.metrics.get(name);
      if (found === undefined) return [];
      const { read: _, ...told } = found;
      return [told];
    });
  }
}

/** What a rule must have seen before the first time that counts, up to a day. */
function warmUpMs({ condition, forSeconds }: Rule): number {
  const window = 'windowSeconds' in condition ? condition.windowSeconds : 0;
  const seconds = Math.min(window + forSeconds + 600, dayMs / 1000);
  return Math.ceil((1000 * seconds) / coarseMs) * coarseMs;
}
