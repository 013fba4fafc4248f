import { createSemaphore } from '../../lib/semaphore.ts';

/** Does one piece of work at a time, in order of arrival. */
export class Turn {
  private readonly semaphore = createSemaphore(1);
  private wanted = 0;

  /** Whether work is running or waiting. */
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
