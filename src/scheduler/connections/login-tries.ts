/**
 * A host that has offered nothing for this long after it was dialled is slow or silent; others need not wait for it,
 * ms.
 */
const slowAfterMs = 250;
/** How long a connected host waits for its turn to offer the login, ms. */
const turnMs = 2_000;

/** One attempt with a login; call `end` afterwards. */
export type LoginTry = {
  /**
   * Asks to offer the login; false if others kept offering it the whole time. Asked once per connection, for all
   * methods.
   */
  readonly offer: () => Promise<boolean>;
  readonly end: () => void;
};

type Stage = 'dialling' | 'slow' | 'offering' | 'over';

/**
 * The attempts with one login that are in progress. At most `most` hosts are offered it at once, and no more are
 * dialled than could be offered it next. A host that has not got as far as the login soon after it was dialled gives up
 * its place until it does.
 */
export class LoginTries {
  private readonly most: () => number;
  private dialling = 0;
  private offering = 0;
  private running = 0;
  /** Connected hosts that are waiting for their turn. */
  private readonly turns = new Set<() => void>();
  /** Hosts that are waiting to be dialled, in order: called when it is their turn; false if they no longer want it. */
  private readonly waiting = new Set<() => boolean>();

  constructor(most: () => number) {
    this.most = most;
  }

  get isIdle(): boolean {
    return this.running === 0;
  }

  /** Begins an attempt; null if others come first. */
  begin(): LoginTry | null {
    if (this.free <= 0) return null;
    let stage: Stage = 'dialling';
    this.dialling += 1;
    this.running += 1;
    const move = (next: Stage): void => {
      if (stage === 'over') return;
      clearTimeout(timer);
      if (stage === 'dialling') this.dialling -= 1;
      if (stage === 'offering') this.offering -= 1;
      if (next === 'offering') this.offering += 1;
      if (next === 'over') this.running -= 1;
      stage = next;
      this.wakeNext();
    };
    const timer = setTimeout(() => move('slow'), slowAfterMs);
    const offer = async (): Promise<boolean> => {
      const until = performance.now() + turnMs;
      while (stage !== 'offering') {
        if (stage !== 'over' && this.offering < this.most()) move('offering');
        else if (stage === 'over' || !(await this.turn(until - performance.now()))) return false;
      }
      return true;
    };
    return { offer, end: () => move('over') };
  }

  /** Calls `wake` once when there is room for another attempt. */
  await(wake: () => boolean): void {
    this.waiting.add(wake);
  }

  /** The host no longer needs to wait. */
  forget(wake: () => boolean): void {
    this.waiting.delete(wake);
  }

  private get free(): number {
    return this.most() - this.dialling - this.offering - this.turns.size;
  }

  /** Resolves with false after `ms`. */
  private turn(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const over = (isTurn: boolean): void => {
        clearTimeout(timer);
        this.turns.delete(woken);
        resolve(isTurn);
      };
      const woken = (): void => over(true);
      const timer = setTimeout(() => over(false), Math.max(0, ms));
      this.turns.add(woken);
    });
  }

  private wakeNext(): void {
    let { free } = this;
    for (const woken of this.turns) woken();
    for (const wake of this.waiting) {
      if (free <= 0) return;
      this.waiting.delete(wake);
      if (wake()) free -= 1;
    }
  }
}
