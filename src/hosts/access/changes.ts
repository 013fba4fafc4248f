/** Which host's record, or access to it, changed: an id, or all of them. */
export type HostChange = number | 'all';

/** Tells whoever shows hosts that a record changed, came or went. */
export function createChanges() {
  const listeners = new Set<(change: HostChange) => void>();
  return {
    /** Returns what ends it. */
    onChange: (listener: (change: HostChange) => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    changed: (change: HostChange): void => {
      for (const listener of listeners) listener(change);
    },
  };
}

export type Changes = ReturnType<typeof createChanges>;
