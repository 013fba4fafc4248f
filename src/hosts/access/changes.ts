/** The host whose record, or access to it, changed: an id, or all hosts. */
export type HostChange = number | 'all';

/** Notifies everything that shows hosts when a record is changed, added or removed. */
export function createChanges() {
  const listeners = new Set<(change: HostChange, isGone: boolean) => void>();
  return {
    /**
     * Registers a listener for every change; its second argument says whether the host is gone. Returns a function that
     * removes it.
     */
    onChange: (listener: (change: HostChange, isGone: boolean) => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    changed: (change: HostChange, isGone = false): void => {
      for (const listener of listeners) listener(change, isGone);
    },
  };
}

export type Changes = ReturnType<typeof createChanges>;
