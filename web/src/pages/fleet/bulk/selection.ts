import { useSyncExternalStore } from 'react';

/** The hosts that a person has selected, by id. */
class Selection {
  #ids: ReadonlySet<number> = new Set();
  /** What is shown, in order, for a range. */
  #order: readonly number[] = [];
  #anchor: number | null = null;
  /** Whether checkboxes are wanted where they are hidden while nothing is selected. */
  #isWanted = false;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly ids = (): ReadonlySet<number> => this.#ids;

  /** Says what is shown, in order. */
  setOrder(order: readonly number[]): void {
    this.#order = order;
  }

  /** Selects a host, or takes it out; `isRange`: also all between it and the one before. */
  toggle(id: number, isRange = false): void {
    const [from, to] = [this.#order.indexOf(this.#anchor ?? id), this.#order.indexOf(id)];
    const isWhole = isRange && from >= 0 && to >= 0;
    const range = isWhole ? this.#order.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
    this.#anchor = id;
    this.put(range, !this.#ids.has(id));
  }

  /** Selects hosts, or takes them out. */
  put(ids: Iterable<number>, isSelected: boolean): void {
    const next = new Set(this.#ids);
    for (const id of ids) {
      if (isSelected) next.add(id);
      else next.delete(id);
    }
    this.#set(next);
  }

  clear(): void {
    this.#anchor = null;
    this.#isWanted = false;
    this.#set(new Set());
  }

  /** Shows checkboxes also on narrow screens. */
  begin(): void {
    this.#isWanted = true;
    this.#set(this.#ids);
  }

  readonly isActive = (): boolean => this.#isWanted || this.#ids.size > 0;

  #set(ids: ReadonlySet<number>): void {
    this.#ids = ids;
    for (const listener of this.#listeners) listener();
  }
}

export const selection = new Selection();

/** Whether a host is selected: what asks is drawn anew only when that changes. */
export function useIsSelected(id: number): boolean {
  return useSyncExternalStore(selection.subscribe, () => selection.ids().has(id));
}

export function useSelected(): ReadonlySet<number> {
  return useSyncExternalStore(selection.subscribe, selection.ids);
}

/** Whether somebody is selecting hosts. */
export function useIsSelecting(): boolean {
  return useSyncExternalStore(selection.subscribe, selection.isActive);
}
