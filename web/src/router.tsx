import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { meQuery, queryClient, setupQuery } from './api/queries.ts';
import { Failed, Missing } from './components/failed.tsx';
import { Frame } from './components/shell/frame.tsx';
import { FleetPage } from './pages/fleet/fleet-page.tsx';
import { searchToOpen } from './pages/fleet/preferences.ts';
import { readFleetSearch } from './pages/fleet/search.ts';
import { readHostSearch } from './pages/host/time/search.ts';

const root = createRootRoute({ component: Outlet, errorComponent: Failed, notFoundComponent: () => <Missing /> });

type Next = { readonly next?: string };

/** Only paths of our own: a link cannot make the login lead elsewhere. */
function readNext(search: Record<string, unknown>): Next {
  const { next } = search;
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {};
}

/** The audit log of one host. */
function readAuditSearch({ host: wanted }: Record<string, unknown>): { readonly host?: number } {
  return typeof wanted === 'number' && Number.isSafeInteger(wanted) && wanted > 0 ? { host: wanted } : {};
}

async function requireNobody(): Promise<void> {
  const { setup_required } = await queryClient.fetchQuery(setupQuery);
  if (setup_required) throw redirect({ to: '/welcome' });
  if (await queryClient.ensureQueryData(meQuery)) throw redirect({ to: '/' });
}

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: readNext,
  beforeLoad: requireNobody,
  component: lazyRouteComponent(() => import('./pages/login/login-page.tsx'), 'LoginPage'),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  beforeLoad: async () => {
    if (!(await queryClient.fetchQuery(setupQuery)).setup_required) throw redirect({ to: '/' });
  },
  component: lazyRouteComponent(() => import('./pages/login/welcome-page.tsx'), 'WelcomePage'),
});

/** Everything that needs somebody logged in. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const me = await queryClient.ensureQueryData(meQuery);
    if (me) return { me };
    const { setup_required } = await queryClient.fetchQuery(setupQuery);
    if (setup_required) throw redirect({ to: '/welcome' });
    throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } });
  },
  component: Frame,
});

const fleet = createRoute({
  getParentRoute: () => app,
  path: '/',
  validateSearch: readFleetSearch,
  // A bare link leads to what was looked at last.
  beforeLoad: async ({ search }) => {
    if (Object.keys(search).length > 0) return;
    const last = await searchToOpen();
    if (Object.keys(last).length > 0) throw redirect({ to: '/', search: last, replace: true });
  },
  component: FleetPage,
});

const newHost = createRoute({
  getParentRoute: () => app,
  path: '/hosts/new',
  component: lazyRouteComponent(() => import('./pages/host-form/new-host-page.tsx'), 'NewHostPage'),
});

const importHosts = createRoute({
  getParentRoute: () => app,
  path: '/hosts/import',
  component: lazyRouteComponent(() => import('./pages/import/import-page.tsx'), 'ImportPage'),
});

const hostId = {
  parse: ({ id }: { id: string }) => ({ id: Number(id) }),
  stringify: ({ id }: { id: number }) => ({ id: String(id) }),
};

const host = createRoute({
  getParentRoute: () => app,
  path: '/hosts/$id',
  params: hostId,
  validateSearch: readHostSearch,
  component: lazyRouteComponent(() => import('./pages/host/host-page.tsx'), 'HostPage'),
});

const editHost = createRoute({
  getParentRoute: () => app,
  path: '/hosts/$id/edit',
  params: hostId,
  component: lazyRouteComponent(() => import('./pages/host-form/edit-host-page.tsx'), 'EditHostPage'),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$section', params: { section: 'profile' }, replace: true });
  },
});

const settingsSection = createRoute({
  getParentRoute: () => app,
  path: '/settings/$section',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
});

const routeTree = root.addChildren([
  login,
  welcome,
  app.addChildren([fleet, newHost, importHosts, host, editHost, settings, settingsSection]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: () => <Missing />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
