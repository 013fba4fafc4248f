import { useState } from 'react';
import { ApiError, request } from '../../api/http.ts';
import type { LogEntry, Started } from '../../api/types.ts';

export type CodeRequest = {
  readonly sessionId: string;
  readonly prompt: string;
  /** Why it is asked again: the code was wrong. */
  readonly error: string | null;
  readonly attemptsRemaining: number | null;
};

/** Connecting to a host as a person does: with the log of what happened, and the code that it may ask for. */
export function useStart(id: number) {
  const [isBusy, setIsBusy] = useState(false);
  const [logs, setLogs] = useState<readonly LogEntry[]>([]);
  const [code, setCode] = useState<CodeRequest | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function attempt(work: () => Promise<void>): Promise<void> {
    if (isBusy) return;
    setIsBusy(true);
    setError(null);
    try {
      await work();
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
      if (caught instanceof ApiError && Array.isArray(caught.body.connectionLogs)) setLogs(caught.body.connectionLogs);
    } finally {
      setIsBusy(false);
    }
  }

  return {
    isBusy,
    logs,
    code,
    error,
    start: () =>
      attempt(async () => {
        const started = await request<Started>('POST', `/metrics/start/${id}`);
        setLogs(started.connectionLogs);
        if (started.success) setCode(null);
        else setCode({ sessionId: started.sessionId, prompt: started.prompt, error: null, attemptsRemaining: null });
      }),
    answer: (totpCode: string) =>
      attempt(async () => {
        if (code === null) return;
        try {
          const told = await request<Started>('POST', '/metrics/connect-totp', { sessionId: code.sessionId, totpCode });
          setLogs(told.connectionLogs);
          setCode(told.success ? null : { ...code, prompt: told.prompt, error: null, attemptsRemaining: null });
        } catch (caught) {
          const left = caught instanceof ApiError ? caught.body.attemptsRemaining : undefined;
          if (caught instanceof ApiError && caught.status === 401 && typeof left === 'number' && left > 0) {
            setCode({ ...code, error: caught.message, attemptsRemaining: left });
            return;
          }
          setCode(null);
          throw caught;
        }
      }),
    giveUp: () => setCode(null),
  };
}

export type Start = ReturnType<typeof useStart>;
