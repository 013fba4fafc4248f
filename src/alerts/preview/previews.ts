import { RequestError } from '../../lib/errors.ts';
import { Threads } from '../../lib/threads.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import type { Preview } from '../../model/alerts/preview.ts';
import type { Rule } from '../../model/alerts/rule.ts';
import { Look, type PreviewOptions } from './look.ts';

/** How long an answer may take, from when its thread runs. */
export const previewMs = 4_500;
const mostAtOnce = 2;

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
      return await new Look(this.#options, this.#threads, { ...rule, enabled: true }, hosts, signal).run();
    } finally {
      this.#underWay -= 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads[Symbol.asyncDispose]();
  }
}
