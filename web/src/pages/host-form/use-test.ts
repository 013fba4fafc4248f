import { useEffect, useRef, useState } from 'react';
import { eventsOf } from '../../api/events.ts';
import { open } from '../../api/http.ts';
import type { LogEntry, TestResult } from '../../api/types.ts';

/** A connection test: nothing is saved; its log comes as it happens. */
export function useTest() {
  const [isRunning, setIsRunning] = useState(false);
  const [logs, setLogs] = useState<readonly LogEntry[]>([]);
  const [result, setResult] = useState<TestResult | null>(null);
  const [error, setError] = useState<string | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function run(body: unknown): Promise<void> {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setIsRunning(true);
    setLogs([]);
    setResult(null);
    setError(null);
    try {
      for await (const { event, data } of eventsOf(await open('/connection-tests', body, own.signal))) {
        // Safe: the two events and what they carry are the API's.
        if (event === 'log') setLogs((before) => [...before, JSON.parse(data) as LogEntry]);
        if (event === 'result') setResult(JSON.parse(data) as TestResult);
      }
    } catch (caught) {
      if (!own.signal.aborted) setError(caught instanceof Error ? caught.message : String(caught));
    } finally {
      if (running.current === own) setIsRunning(false);
    }
  }

  return {
    isRunning,
    logs,
    result,
    error,
    run,
    stop: () => running.current?.abort(),
    /** What was tested is not what is in the form any more. */
    forget: () => {
      setResult(null);
      setError(null);
    },
  };
}

export type Test = ReturnType<typeof useTest>;
