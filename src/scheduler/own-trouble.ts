import type { Reason } from '../model/failure.ts';
import type { Observation } from '../model/observation.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';

/** What Sonde or its machine lacks now. */
export type OwnTrouble = { readonly reason: Reason; readonly message: string };

/** How long after it last showed a shortage counts as over, ms: longer than the wait before the next attempt. */
const overMs = 90_000;
const sweepMs = 5_000;

/**
 * Detects from the failures of hosts what Sonde or its machine lacks. Calls `began` and `ended` once each, however many
 * hosts are affected.
 */
export function openOwnTrouble(
  bus: Bus,
  clock: Clock,
  told: { readonly began: (trouble: OwnTrouble) => void; readonly ended: (trouble: OwnTrouble) => void },
) {
  const met = new Map<Reason, { readonly trouble: OwnTrouble; at: number }>();

  function note({ alive, failure }: Observation): void {
    if (failure?.stage !== 'sonde') {
      if (alive) end('no-network');
      return;
    }
    const { reason, message } = failure;
    const known = met.get(reason);
    if (known) {
      known.at = clock.monotonic();
      return;
    }
    const trouble = { reason, message };
    met.set(reason, { trouble, at: clock.monotonic() });
    told.began(trouble);
  }

  function end(reason: Reason): void {
    const known = met.get(reason);
    if (!known) return;
    met.delete(reason);
    told.ended(known.trouble);
  }

  const unsubscribe = bus.subscribe(note);
  const sweep = setInterval(() => {
    const now = clock.monotonic();
    for (const [reason, { at }] of met) if (now - at >= overMs) end(reason);
  }, sweepMs);
  sweep.unref();
  return {
    /** What is lacking now; empty if all is well. */
    current: (): readonly OwnTrouble[] => [...met.values()].map(({ trouble }) => trouble),
    close: (): void => {
      unsubscribe();
      clearInterval(sweep);
    },
  };
}
