import { createSemaphore } from '../../lib/semaphore.ts';

/** One piece of work at a time, in the order in which it came. */
export class Turn {
  private readonly semaphore = createSemaphore(1);
  private wanted = 0;

  /** Whether something is being done or waits for its turn. */
  get isTaken(): boolean {
    return this.wanted > 0;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.wanted += 1;
    try {
      return await this.semaphore.run(work);
    } finally {
      this.wanted -= 1;
    }
  }
}
