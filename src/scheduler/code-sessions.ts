import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';

const lifeMs = 180_000;
const keptMs = 900_000;
const maxSessions = 1_000;

/** How many codes a person may try for one login. */
export const maxCodeTries = 3;

/** How many questions a host may ask during one login, including those answered correctly. */
export const maxQuestions = 12;

/** A login that is waiting for a person's code. */
export type CodeSession = {
  readonly id: string;
  readonly hostId: number;
  readonly userId: string;
  readonly createdAt: number;
  /** Number of wrong answers. */
  tries: number;
  /** Number of questions after the first. */
  questions: number;
  busy: boolean;
  /** What the host asks for; null once the login has ended. */
  prompt: string | null;
  /** Passes the code to the login; null if the login is over. */
  give: ((code: string) => void) | null;
  /** Ends the login. */
  readonly cancel: () => void;
};

/**
 * Logins that are waiting for a code. Each waits for 3 minutes, and is remembered a little longer so that a late answer
 * gets an explanation.
 */
export function createCodeSessions(clock: Clock) {
  const sessions = new Map<string, CodeSession>();

  function sweep(): void {
    const now = clock.monotonic();
    for (const [id, session] of sessions) {
      if (now - session.createdAt > lifeMs && session.give) giveUp(session);
      if (now - session.createdAt > keptMs) sessions.delete(id);
    }
  }

  function giveUp(session: CodeSession): void {
    session.give = null;
    session.cancel();
  }

  /** Removes finished logins first, then the oldest: a login that nobody can answer any more is ended. */
  function makeRoom(): void {
    if (sessions.size < maxSessions) return;
    const isOver = ({ give, busy }: CodeSession): boolean => give === null && !busy;
    const first = [...sessions.values()].find(isOver) ?? sessions.values().next().value;
    if (first === undefined) return;
    if (!isOver(first)) giveUp(first);
    sessions.delete(first.id);
  }

  return {
    open(hostId: number, userId: string, give: (code: string) => void, cancel: () => void): CodeSession {
      sweep();
      makeRoom();
      const session: CodeSession = {
        id: randomUUID(),
        hostId,
        userId,
        createdAt: clock.monotonic(),
        tries: 0,
        questions: 0,
        busy: false,
        prompt: null,
        give,
        cancel,
      };
      sessions.set(session.id, session);
      return session;
    },
    get: (id: string): CodeSession | undefined => sessions.get(id),
    /** The login at this host that is waiting for a code. */
    waitingAt(hostId: number): CodeSession | undefined {
      sweep();
      return [...sessions.values()].find((one) => one.hostId === hostId && one.give !== null && one.prompt !== null);
    },
    isExpired: (session: CodeSession): boolean => clock.monotonic() - session.createdAt > lifeMs,
    sweep,
    cancelAll(): void {
      for (const session of sessions.values()) session.cancel();
      sessions.clear();
    },
  };
}

export type CodeSessions = ReturnType<typeof createCodeSessions>;
