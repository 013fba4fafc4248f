/** Which host's record, or access to it, changed: an id, or all of them. */
export type HostChange = number | 'all';

/** Tells whoever shows hosts that a record changed, came or went. */
export function createChanges() {
  const listeners = new Set<(change: HostChange, isGone: boolean) => void>();
  return {
    /** Told of every change, and whether the host is gone. Returns what ends it. */
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
