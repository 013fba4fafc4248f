import { useEffect, useState } from 'react';

const hostsPerFrame = 4;
const waiting = new Set<() => void>();
let isScheduled = false;

function schedule(): void {
  if (isScheduled || waiting.size === 0) return;
  isScheduled = true;
  // After the frame, not in it: what is filled here is laid out with the next one.
  requestAnimationFrame(() => setTimeout(fill));
}

function fill(): void {
  isScheduled = false;
  for (const show of [...waiting].slice(0, hostsPerFrame)) {
    waiting.delete(show);
    show();
  }
  schedule();
}

/**
 * Whether a host's numbers may be drawn yet. Its name is drawn at once, its numbers soon after, a few hosts a frame: so no
 * frame draws a whole screen of them, however fast somebody scrolls.
 */
export function useFilled(): boolean {
  const [isFilled, setFilled] = useState(false);
  useEffect(() => {
    const show = (): void => setFilled(true);
    waiting.add(show);
    schedule();
    return () => void waiting.delete(show);
  }, []);
  return isFilled;
}
