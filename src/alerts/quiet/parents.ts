import type { AlertHost } from '../../model/alerts/host.ts';
import { isWayBroken } from '../../model/failure.ts';
import type { Observation } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';

/** What is remembered of a host. Times are those of a clock that never jumps, ms. */
type Relative = {
  ownerId: string;
  isChecked: boolean;
  /** What it is reached through, and what it depends on. */
  parents: readonly number[];
  children: ReadonlySet<number>;
  /** When it last answered, and when it was last found up or down. */
  aliveAt: number;
  judgedAt: number;
  /** When the way to it was last found broken. */
  cutOffAt: number;
  /** Since when it is down; null: it is not, as far as is known. */
  fellAt: number | null;
  /** When it last came back. */
  backAt: number;
  /** The way to it is broken: nothing is known about it. */
  isCutOff: boolean;
  /** When it was last checked because of its children. */
  askedAt: number;
};

/** A fall that waits for the checks of these hosts. */
type Waiting = { readonly seen: Observation; readonly parents: Set<number>; readonly since: number };

const never = Number.NEGATIVE_INFINITY;
const none: ReadonlySet<number> = new Set();
const maxAncestors = 100;
/** A host that was checked this recently is not checked again because of its children. */
const freshMs = 2_000;
const askAgainMs = 15_000;
/** A fall waits no longer than this. */
const patienceMs = 30_000;

/**
 * Which hosts are reached through which, and what that means when one falls: its parents are checked before anything is said
 * of it, and what is behind a host that is down is not told.
 */
export class Parents {
  readonly #clock: Clock;
  readonly #check: (hostIds: readonly number[]) => void;
  readonly #all = new Map<number, Relative>();
  readonly #waiting = new Map<number, Waiting>();

  /** `check`: has these hosts checked now. */
  constructor(clock: Clock, check: (hostIds: readonly number[]) => void) {
    this.#clock = clock;
    this.#check = check;
  }

  /** A host is there, or was changed. */
  set({ id, ownerId, parents, statusCheckEnabled: isChecked }: AlertHost): void {
    const before = this.#of(id);
    for (const parent of before.parents) this.#adopt(parent, (children) => children.delete(id));
    for (const parent of parents) if (parent !== id) this.#adopt(parent, (children) => children.add(id));
    Object.assign(before, { ownerId, isChecked, parents });
  }

  forget(id: number): void {
    for (const parent of this.#all.get(id)?.parents ?? []) this.#adopt(parent, (children) => children.delete(id));
    this.#waiting.delete(id);
    const { children = none } = this.#all.get(id) ?? {};
    if (children.size === 0) this.#all.delete(id);
    else this.#all.set(id, { ...unknown(), children });
  }

  /** Takes what was seen of a host. Returns what may be judged now: it comes later if its parents must be checked before. */
  note(seen: Observation): readonly Observation[] {
    const own = this.#all.get(seen.hostId);
    if (own === undefined) return [seen];
    const { alive, failure } = seen;
    const now = this.#clock.monotonic();
    const isFall = alive === false && own.fellAt === null;
    const wasCutOff = own.isCutOff;
    if (alive === true) {
      if (own.fellAt !== null || own.aliveAt === never) own.backAt = now;
      Object.assign(own, { aliveAt: now, fellAt: null });
    } else if (isFall) own.fellAt = now;
    if (alive !== null) own.judgedAt = now;
    if (alive === null && isWayBroken(failure)) own.cutOffAt = now;
    own.isCutOff = alive === null ? own.isCutOff || isWayBroken(failure) : false;
    const released = this.#waiting.size === 0 ? [] : this.#release(seen.hostId);
    if (alive === null && own.isCutOff && !wasCutOff) this.#ask(this.#unproven(own, now), now);
    const before = this.#waiting.get(seen.hostId);
    if (alive !== null) this.#waiting.delete(seen.hostId);
    if (before === undefined && !isFall) return released.length === 0 ? [seen] : [seen, ...released];
    const parents = alive === false ? (before?.parents ?? this.#unproven(own, now)) : none;
    if (alive !== false || parents.size === 0) return [seen, ...released];
    this.#ask(parents, now);
    this.#waiting.set(seen.hostId, { seen, parents: new Set(parents), since: before?.since ?? now });
    return released;
  }

  /** What has waited for too long. */
  overdue(): readonly Observation[] {
    const now = this.#clock.monotonic();
    const over = [...this.#waiting].filter(([, { since }]) => now - since >= patienceMs);
    for (const [id] of over) this.#waiting.delete(id);
    return over.map(([, { seen }]) => seen);
  }

  /**
   * What a host is behind: the one of its ancestors nearest to Sonde that `isDown`; null: nothing. Only hosts of the same owner
   * count, because nobody else is told of them.
   */
  above(hostId: number, isDown: (id: number) => boolean): number | null {
    const own = this.#all.get(hostId);
    if (own === undefined || own.parents.length === 0) return null;
    return this.#ancestors(own).findLast((id) => isDown(id)) ?? null;
  }

  /**
   * The ancestor that came back and must be waited for: the host was not yet found up or down (or, with `orCutOff`, still cut off)
   * when it had been back for `forMs`. Null: there is none.
   */
  justBack(hostId: number, forMs: number, orCutOff: boolean): number | null {
    const own = this.#all.get(hostId);
    if (own === undefined || own.parents.length === 0) return null;
    const seenAt = orCutOff ? Math.max(own.judgedAt, own.cutOffAt) : own.judgedAt;
    return this.#ancestors(own).findLast((id) => seenAt < (this.#all.get(id)?.backAt ?? never) + forMs) ?? null;
  }

  /** How many hosts are behind this one and did not answer since it fell, or cannot be reached. */
  behind(hostId: number): number {
    const own = this.#all.get(hostId);
    let count = 0;
    for (const id of this.#descendants(hostId)) {
      const one = this.#all.get(id);
      if (one === undefined || one.ownerId !== own?.ownerId) continue;
      if (one.isCutOff || (own.fellAt !== null && one.aliveAt <= own.fellAt)) count += 1;
    }
    return count;
  }

  #release(hostId: number): Observation[] {
    const released: Observation[] = [];
    for (const [id, { seen, parents }] of this.#waiting) {
      if (!parents.delete(hostId) || parents.size > 0) continue;
      this.#waiting.delete(id);
      released.push(seen);
    }
    return released;
  }

  /** Ancestors that are not known to be down and were not checked just now. */
  #unproven(own: Relative, now: number): ReadonlySet<number> {
    if (own.parents.length === 0) return none;
    const found = this.#ancestors(own).filter((id) => {
      const one = this.#all.get(id);
      return one?.isChecked === true && one.fellAt === null && now - one.judgedAt > freshMs;
    });
    return new Set(found);
  }

  #ask(hostIds: ReadonlySet<number>, now: number): void {
    const asked = [...hostIds].filter((id) => now - (this.#all.get(id)?.askedAt ?? now) > askAgainMs);
    for (const id of asked) this.#of(id).askedAt = now;
    if (asked.length > 0) this.#check(asked);
  }

  /** Its parents, then theirs; those of the same owner. */
  #ancestors({ ownerId, parents }: Relative): readonly number[] {
    const found = new Set<number>();
    for (let next = parents; next.length > 0 && found.size < maxAncestors; ) {
      const own = next.filter((id) => !found.has(id) && this.#all.get(id)?.ownerId === ownerId);
      for (const id of own) found.add(id);
      next = own.flatMap((id) => this.#all.get(id)?.parents ?? []);
    }
    return [...found];
  }

  #descendants(hostId: number): ReadonlySet<number> {
    const found = new Set<number>();
    for (const todo = [hostId]; todo.length > 0; ) {
      for (const id of this.#all.get(todo.pop() ?? 0)?.children ?? none) {
        if (found.has(id) || id === hostId) continue;
        found.add(id);
        todo.push(id);
      }
    }
    return found;
  }

  #adopt(parent: number, change: (children: Set<number>) => unknown): void {
    const own = this.#of(parent);
    const children = own.children === none ? new Set<number>() : (own.children as Set<number>);
    change(children);
    own.children = children;
  }

  #of(id: number): Relative {
    const known = this.#all.get(id) ?? unknown();
    this.#all.set(id, known);
    return known;
  }
}

function unknown(): Relative {
  return {
    ownerId: '',
    isChecked: false,
    parents: [],
    children: none,
    aliveAt: never,
    judgedAt: never,
    cutOffAt: never,
    fellAt: null,
    backAt: never,
    isCutOff: false,
    askedAt: never,
  };
}
