/**
 * For what Sonde promises to do within some time: a machine that is busy does not let this process work, and by so much it is
 * later. Begins when it is called; answers with how long this process was kept waiting since, ms.
 */
export function meterStalls(): { readonly lateMs: () => number; readonly stop: () => void } {
  let [last, late] = [performance.now(), 0];
  const turn = (): void => {
    const now = performance.now();
    late += Math.max(0, now - last - everyMs);
    last = now;
  };
  const timer = setInterval(turn, everyMs);
  return {
    lateMs: () => {
      turn();
      return late;
    },
    stop: () => clearInterval(timer),
  };
}

const everyMs = 20;
