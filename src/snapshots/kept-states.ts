import type { HostState } from '../model/host-state.ts';
import type { HostStates } from '../ports/host-states.ts';

/** Changes of this long are saved together. */
const saveMs = 1_000;

/** What hosts were before a restart, and what is saved for the next one. */
export type KeptStates = {
  /** What a host was; once only. */
  readonly take: (hostId: number) => HostState | null;
  readonly put: (hostId: number, state: HostState) => void;
};

/** Reads what hosts were, and saves what they become, a second's changes at a time. `close` saves the rest. */
export async function openKeptStates(
  states: HostStates,
  onError: (error: unknown) => void,
): Promise<KeptStates & { readonly close: () => Promise<void> }> {
  const kept = new Map(await states.all());
  let changed = new Map<number, HostState>();
  let timer: NodeJS.Timeout | undefined;
  let saving = Promise.resolve();

  function save(): void {
    clearTimeout(timer);
    timer = undefined;
    const now = changed;
    changed = new Map();
    if (now.size > 0) saving = saving.then(() => states.save(now)).catch(onError);
  }

  return {
    take(hostId) {
      const state = kept.get(hostId) ?? null;
      kept.delete(hostId);
      return state;
    },
    put(hostId, state) {
      changed.set(hostId, state);
      timer ??= setTimeout(save, saveMs);
    },
    async close() {
      save();
      await saving;
    },
  };
}
