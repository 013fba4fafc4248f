import { useRouterState } from '@tanstack/react-router';
import { type FleetSearch, readFleetSearch } from '../../pages/fleet/search.ts';

let last: FleetSearch = {};

/** How the fleet was last filtered and sorted in this tab, for links that lead back to it. */
export function useFleetView(): FleetSearch {
  return useRouterState({
    select: ({ location }) => {
      if (location.pathname === '/') last = readFleetSearch(location.search);
      return last;
    },
  });
}
