import type { HostState } from '../model/host-state.ts';
import type { HostStates } from '../ports/host-states.ts';

/** Changes within this time are saved together. */
const saveMs = 1_000;

/** The states of hosts from before a restart, and saving them for the next one. */
export type KeptStates = {
  /** The earlier state of a host; returned only once. */
  readonly take: (hostId: number) => HostState | null;
  readonly put: (hostId: number, state: HostState) => void;
};

/** Reads the earlier states of hosts, and saves their changes once a second. `close` saves the rest. */
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
