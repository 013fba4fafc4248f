import { useEffect, useSyncExternalStore } from 'react';
import type { SessionEnd } from '../../../src/model/people/session-end.ts';
import { at, withoutBase } from '../api/base.ts';
import { queryClient } from '../api/queries.ts';
import type { FleetHost } from './fleet.ts';
import type { LiveState } from './heard.ts';
import { Live, type View } from './live.ts';

const tabs = new BroadcastChannel('sonde-tabs');

/** The page's stream. */
export const live = new Live({
  // Without a reason the cookie is gone, which browsers remove when it expires.
  onUnauthorised: (reason) => leave(reason ?? 'expired'),
  onBack: () => void queryClient.invalidateQueries(),
});

/** Goes to the login, which says why; from there back to this page. */
function leave(ended: SessionEnd): void {
  queryClient.setQueryData(['/users/me'], null);
  const next = withoutBase(location.pathname) + location.search;
  location.assign(at(`/login?${new URLSearchParams({ next, ended })}`));
}

/** Tells the other tabs of this browser, which have the same session, that it was ended on purpose. */
export function tellLoggedOut(): void {
  tabs.postMessage('logged-out');
}

const subscribe = (listener: () => void) => live.subscribe(listener);

/** A part of what the stream has told. `select` must give the same value as long as nothing of it changed. */
export function useLive<Part>(select: (state: LiveState) => Part): Part {
  return useSyncExternalStore(subscribe, () => select(live.getState()));
}

export function useFleetHost(id: number): FleetHost | undefined {
  return useLive((state) => state.fleet.get(id));
}

/** The name of a host as it is now, for sentences about it. */
export function hostNameOf(id: number): string | undefined {
  return live.getState().fleet.get(id)?.host.name;
}

/** Says what of the fleet this page shows, as long as it does. */
export function useView({ hosts, watch }: View): void {
  const key = `${hosts.join()}|${watch.join()}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the lists
  useEffect(() => live.setView({ hosts, watch }), [key]);
}

/** A hidden page is no viewer for long. */
const hiddenMs = 60_000;

/**
 * Keeps the stream while this tab is alive. Hidden for a minute, it looks at no host any more and follows statuses only,
 * for its title. Browsers open six connections to a server at most, so a hidden tab lets go when another one is looked at.
 */
export function useStream(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        tabs.postMessage('looked-at');
        live.look(true);
        live.start();
      } else timer = setTimeout(() => live.look(false), hiddenMs);
    };
    tabs.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data === 'logged-out') leave('logged-out');
      else if (document.visibilityState !== 'visible') live.pause();
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
      tabs.onmessage = null;
      live.pause();
    };
  }, []);
}
