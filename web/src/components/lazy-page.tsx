import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { isReachable, untilReachable } from '../api/reachable.ts';
import { texts } from '../texts/common.ts';
import { connectionTexts } from '../texts/shell.ts';
import { Notice } from './notice.tsx';

/** What is drawn by code that is fetched when it is wanted. `preload` fetches it beforehand and never fails. */
export type Lazy<Props = object> = ((props: Props) => ReactNode) & { readonly preload: () => Promise<void> };

const all: Lazy<never>[] = [];

/** Fetches all that was made lazy, one after the other, whenever `whenIdle` says that there is time. */
export async function preloadAll(whenIdle: () => Promise<void>): Promise<void> {
  // What is fetched may make more of its parts lazy.
  for (let index = 0; index < all.length; index += 1) {
    await whenIdle();
    await all[index]?.preload();
  }
}

/** For so long a page that is slow to come is waited for where one is; then it is shown that it loads. */
const patienceMs = 300;
const reloadedKey = 'sonde-reloaded';
const reloadAgainMs = 60_000;

/** A page of what `load` imports: while it cannot be fetched because Sonde is away, the shell stays and says so. */
export function lazyPage(load: () => Promise<ComponentType>): Lazy {
  return lazy(load, PageWaiting);
}

/** The same for a part of a page, which is not there until it is fetched. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): Lazy<Props> {
  return lazy(load, PartWaiting);
}

type Waiting = ComponentType<{ readonly isAway: boolean }>;

function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>, Waiting: Waiting): Lazy<Props> {
  let loading: Promise<ComponentType<Props>> | null = null;
  let loaded: ComponentType<Props> | null = null;
  const loadOnce = async (): Promise<ComponentType<Props>> => {
    loading ??= load();
    try {
      loaded = await loading;
      return loaded;
    } catch (error) {
      loading = null;
      throw error;
    }
  };

  function Fetched(props: Props) {
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
    if (Loaded) return <Loaded {...props} />;
    return <Waiting isAway={isAway} />;
  }

  const made = Object.assign(Fetched, {
    preload: async () => {
      const patience = new Promise<void>((done) => setTimeout(done, patienceMs));
      await Promise.race([loadOnce().catch(() => {}), patience]);
    },
  });
  all.push(made);
  return made;
}

function PartWaiting({ isAway }: { readonly isAway: boolean }) {
  return isAway ? <Notice kind="warn">{connectionTexts.partAway}</Notice> : null;
}

function PageWaiting({ isAway }: { readonly isAway: boolean }) {
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
async function keepTrying<Loaded>(
  load: () => Promise<Loaded>,
  signal: AbortSignal,
  onAway: () => void,
): Promise<Loaded | null> {
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
