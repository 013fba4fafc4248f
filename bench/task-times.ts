/** How long the tasks of a page take, without the time in which other programs had the processor. */

/** One event of a trace of Chromium; times in µs. Source: the Trace Event Format. */
type TraceEvent = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
};

/** What a trace must have to be read here. */
export const traceCategories = ['toplevel', '__metadata'];

/** The longest task of the main thread of the busiest page in a trace, in ms of processor time. */
export function longestTaskMs(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threads = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(keyOf),
  );
  const tasks = traceEvents.filter(
    (event) =>
      event.ph === 'X' && event.tdur !== undefined && event.name.endsWith('RunTask') && threads.has(keyOf(event)),
  );
  const byThread = [...Map.groupBy(tasks, keyOf).values()];
  const sum = (events: readonly TraceEvent[]): number => events.reduce((total, { tdur = 0 }) => total + tdur, 0);
  const busiest = byThread.toSorted((a, b) => sum(b) - sum(a))[0] ?? [];
  return Math.max(0, ...busiest.map(({ tdur = 0 }) => tdur)) / 1_000;
}

const keyOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
