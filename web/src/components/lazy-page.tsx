import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { isReachable, untilReachable } from '../api/reachable.ts';
import { texts } from '../texts/common.ts';
import { connectionTexts } from '../texts/shell.ts';
import { Notice } from './notice.tsx';

/** A page whose code is fetched when it is wanted. `preload` fetches it beforehand and never fails. */
export type LazyPage = (() => ReactNode) & { readonly preload: () => Promise<void> };

/** For so long a page that is slow to come is waited for where one is; then it is shown that it loads. */
const patienceMs = 300;
const reloadedKey = 'sonde-reloaded';
const reloadAgainMs = 60_000;

/**
 * Makes a page of what `load` imports. Where the code cannot be fetched because Sonde is away, it waits in the shell and shows
 * the page as soon as Sonde is back.
 */
export function lazyPage(load: () => Promise<ComponentType>): LazyPage {
  let loading: Promise<ComponentType> | null = null;
  let loaded: ComponentType | null = null;
  const loadOnce = async (): Promise<ComponentType> => {
    loading ??= load();
    try {
      loaded = await loading;
      return loaded;
    } catch (error) {
      loading = null;
      throw error;
    }
  };

  function Page() {
    const [Loaded, setLoaded] = useState(() => loaded);
    const [isAway, setIsAway] = useState(false);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (Loaded) return;
      const leaving = new AbortController();
      keepTrying(loadOnce, leaving.signal, () => setIsAway(true)).then(
        (page) => page && setLoaded(() => page),
        (thrown: unknown) => setError(thrown ?? new Error(texts.errors.title)),
      );
      return () => leaving.abort();
    }, [Loaded]);
    if (error !== null) throw error;
    if (Loaded) return <Loaded />;
    return <Waiting isAway={isAway} />;
  }

  return Object.assign(Page, {
    preload: async () => {
      const patience = new Promise<void>((done) => setTimeout(done, patienceMs));
      await Promise.race([loadOnce().catch(() => {}), patience]);
    },
  });
}

function Waiting({ isAway }: { readonly isAway: boolean }) {
  return (
    <div className="flex max-w-2xl flex-col gap-3 py-2">
      <h1 className={isAway ? 'text-xl font-semibold' : 'sr-only'}>
        {isAway ? connectionTexts.awayTitle : texts.loading}
      </h1>
      {isAway ? (
        <Notice kind="warn">{connectionTexts.away}</Notice>
      ) : (
        <p role="status" className="text-sm text-muted">
          {texts.loading}
        </p>
      )}
    </div>
  );
}

/** What `load` loads; null when left before. */
async function keepTrying(
  load: () => Promise<ComponentType>,
  signal: AbortSignal,
  onAway: () => void,
): Promise<ComponentType | null> {
  for (let isSecond = false; !signal.aborted; isSecond = true) {
    try {
      return await load();
    } catch (error) {
      const isThere = await isReachable();
      // Sonde is there and its code is not: another version runs now, or the browser keeps the failure.
      if (isThere && isSecond) return reload(error);
      if (isThere) continue;
      onAway();
      await untilReachable(signal);
    }
  }
  return null;
}

/** Loads the whole page anew; throws the error where that did not help a moment ago. */
function reload(error: unknown): null {
  if (Date.now() - Number(sessionStorage.getItem(reloadedKey)) < reloadAgainMs) throw error;
  sessionStorage.setItem(reloadedKey, String(Date.now()));
  location.reload();
  return null;
}
