import type { LogEntry } from '../model/connection/log.ts';
import type { Failure } from '../model/failure.ts';
import type { CodeSession } from './code-sessions.ts';

/** How an attempt to start a host ended; `retryAt`: when it may be tried again (monotonic ms), if it was held back. */
export type Ended =
  | { readonly failure: Failure | null; readonly retryAt?: number | null | undefined }
  /** An error that the host did not cause. */
  | { readonly ours: unknown };
/** The next thing to tell the person. */
export type Told = { readonly prompt: string; readonly isRetry: boolean } | Ended;

/**
 * One person's attempt to start a host. It may stop to ask for a code any number of times. Its events wait until
 * somebody collects them: a question that comes late goes to the next request.
 */
export class Attempt {
  readonly logs: () => readonly LogEntry[];
  session: CodeSession | null = null;
  private readonly openSession: (give: (code: string) => void, cancel: () => void) => CodeSession;
  private told: Told | null = null;
  private readonly waiting = new Set<(told: Told) => void>();
  private rejectCode: ((error: Error) => void) | null = null;
  private isGivenUp = false;
  private isSampled = false;

  constructor(
    logs: () => readonly LogEntry[],
    openSession: (give: (code: string) => void, cancel: () => void) => CodeSession,
  ) {
    this.logs = logs;
    this.openSession = openSession;
  }

  readonly ask = (prompt: string, isRetry: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      if (this.isGivenUp) return reject(new Error('the login was given up'));
      this.rejectCode = reject;
      this.session ??= this.openSession(resolve, () => this.giveUp());
      this.session.give = resolve;
      this.session.prompt = prompt;
      this.tell({ prompt, isRetry });
    });

  /** There is a first sample, so the host has started for anyone who does not want to wait longer. */
  sampled(): void {
    this.isSampled = true;
  }

  end(ended: Ended): void {
    if (this.session) {
      this.session.prompt = null;
      this.session.give = null;
    }
    this.tell(ended);
  }

  /** Passes a code to the login; false if the login is not waiting for one. */
  answer(code: string): boolean {
    const give = this.session?.give;
    if (!this.session || !give) return false;
    this.session.give = null;
    this.told = null;
    give(code);
    return true;
  }

  /** The next event, once there is one; null after `limitMs`. */
  async next(limitMs: number): Promise<Told | null> {
    if (this.told) return this.told;
    let heard: (told: Told | null) => void = () => {};
    const next = new Promise<Told | null>((resolve) => {
      heard = resolve;
    });
    const timer = setTimeout(() => heard(this.isSampled ? { failure: null } : null), limitMs);
    this.waiting.add(heard);
    try {
      return await next;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(heard);
    }
  }

  private giveUp(): void {
    this.isGivenUp = true;
    this.rejectCode?.(new Error('the login was given up'));
  }

  private tell(told: Told): void {
    this.told = told;
    for (const heard of this.waiting) heard(told);
  }
}
