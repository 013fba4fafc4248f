import { useState } from 'react';

/** Something that a person sets off: runs once at a time, and keeps what went wrong to be shown beside it. */
export function useAction<Args extends readonly unknown[]>(
  action: (...args: Args) => Promise<unknown>,
): {
  readonly run: (...args: Args) => Promise<void>;
  readonly isBusy: boolean;
  readonly error: string | null;
  readonly clear: () => void;
} {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  return {
    isBusy,
    error,
    clear: () => setError(null),
    run: async (...args) => {
      if (isBusy) return;
      setIsBusy(true);
      setError(null);
      try {
        await action(...args);
      } catch (caught) {
        setError(caught instanceof Error ? caught.message : String(caught));
      } finally {
        setIsBusy(false);
      }
    },
  };
}

/** The fields of a form that was sent, as text. */
export function fieldsOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  const entries = [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}
