import { useEffect, useRef, useState } from 'react';
import { request } from '../../api/http.ts';
import { credentialsQuery, refresh } from '../../api/queries.ts';
import type { ImportPreview, ImportResult } from '../../api/types.ts';
import { useAction } from '../../components/form/use-action.ts';
import { bodyOf, type Draft, emptyDraft } from './draft.ts';

const settleMs = 500;

/** An import from its files to its result. Once previewed, the preview follows what is changed. */
export function useImport() {
  const [draft, setDraft] = useState(emptyDraft);
  const [plan, setPlan] = useState<ImportPreview | null>(null);
  const [result, setResult] = useState<ImportResult | null>(null);
  /** New hosts that are not wanted. */
  const [refused, setRefused] = useState<ReadonlySet<string>>(new Set());
  const [isStale, setIsStale] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const asked = useRef(0);
  /** Ends the preview that is under way: the server does one at a time. */
  const leave = useRef<AbortController | null>(null);
  const isPreviewed = plan !== null;

  async function preview(of: Draft): Promise<void> {
    asked.current += 1;
    const number = asked.current;
    leave.current?.abort();
    const left = new AbortController();
    leave.current = left;
    setIsStale(true);
    try {
      const body = bodyOf(of, plan?.identities ?? []);
      const found = await request<ImportPreview>('POST', '/hosts/import/preview', body, left.signal);
      if (number !== asked.current) return;
      setPlan(found);
      setError(null);
      setIsStale(false);
    } catch (caught) {
      if (number !== asked.current) return;
      setError(caught instanceof Error ? caught.message : String(caught));
    }
  }
  const latest = useRef(preview);
  latest.current = preview;

  useEffect(() => {
    if (!isPreviewed) return;
    const timer = setTimeout(() => void latest.current(draft), settleMs);
    return () => clearTimeout(timer);
  }, [draft, isPreviewed]);

  const chosen = (plan?.hosts ?? []).filter(({ state, key }) => state === 'new' && !refused.has(key));
  const bring = useAction(async () => {
    asked.current += 1;
    leave.current?.abort();
    const body = bodyOf(
      draft,
      plan?.identities ?? [],
      chosen.map(({ key }) => key),
    );
    setResult(await request<ImportResult>('POST', '/hosts/import', body));
    setPlan(null);
    setDraft(emptyDraft);
    setRefused(new Set());
    await refresh(credentialsQuery);
  });

  return {
    draft,
    plan,
    result,
    refused,
    chosen,
    isStale,
    error: error ?? bring.error,
    isBringing: bring.isBusy,
    change: (part: Partial<Draft>): void => {
      setDraft({ ...draft, ...part });
      setError(null);
      bring.clear();
      if (isPreviewed) setIsStale(true);
    },
    preview: () => preview(draft),
    refuse: setRefused,
    bring: bring.run,
    again: () => setResult(null),
  };
}

export type Import = ReturnType<typeof useImport>;
