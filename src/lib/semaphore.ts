/** Lets at most `limit` pieces of work run at once; the others wait in order. */
export function createSemaphore(limit: number): { readonly run: <T>(work: () => Promise<T>) => Promise<T> } {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    run: async (work) => {
      if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
