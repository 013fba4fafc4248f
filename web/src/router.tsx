import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router';
import type { SessionEnd } from '../../src/model/people/session-end.ts';
import type { SignInRefusal } from '../../src/model/people/sign-in.ts';
import { basePath } from './api/base.ts';
import { lastSessionEnd, meQuery, queryClient, setupQuery } from './api/queries.ts';
import { readNext, readSessionEnd } from './api/session.ts';
import { readRefusal } from './api/sign-in.ts';
import { Failed, Missing, MissingPage } from './components/failed.tsx';
import { Frame } from './components/shell/frame.tsx';
import { OpenFrame } from './components/shell/open-frame.tsx';
import { readChangeSearch } from './pages/alerts/changes/search.ts';
import { readChannelsSearch, readIncidentSearch, readQuietSearch, readRulesSearch } from './pages/alerts/search.ts';
import { readCompareSearch } from './pages/compare/search.ts';
import { FleetPage } from './pages/fleet/fleet-page.tsx';
import { searchToOpen } from './pages/fleet/preferences.ts';
import { readFleetSearch } from './pages/fleet/search.ts';
import { readHostSearch } from './pages/host/time/search.ts';
import * as pages from './pages.ts';

const root = createRootRoute({ component: Outlet, errorComponent: Failed, notFoundComponent: () => <Missing /> });

/** Where a login leads, and why it is needed. */
type LoginSearch = { readonly next?: string; readonly ended?: SessionEnd; readonly refused?: SignInRefusal };

function readLoginSearch(search: Record<string, unknown>): LoginSearch {
  const [next, ended, refused] = [readNext(search.next), readSessionEnd(search.ended), readRefusal(search.refused)];
  return {
    ...(next === null ? {} : { next }),
    ...(ended === null ? {} : { ended }),
    ...(refused === null ? {} : { refused }),
  };
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
  validateSearch: readLoginSearch,
  beforeLoad: requireNobody,
  component: pages.LoginPage,
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  beforeLoad: async () => {
    if (!(await queryClient.fetchQuery(setupQuery)).setup_required) throw redirect({ to: '/' });
  },
  component: pages.WelcomePage,
});

async function requireSomebody({ location }: { readonly location: { readonly href: string } }) {
  const me = await queryClient.ensureQueryData(meQuery);
  if (me) return { me };
  const { setup_required } = await queryClient.fetchQuery(setupQuery);
  if (setup_required) throw redirect({ to: '/welcome' });
  const ended = lastSessionEnd();
  const search = { ...(location.href === '/' ? {} : { next: location.href }), ...(ended ? { ended } : {}) };
  throw redirect({ to: '/login', search });
}

/** Everything that needs somebody logged in. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: requireSomebody,
  component: Frame,
});

/** Without the frame: nobody touches a screen on a wall. */
const wall = createRoute({
  getParentRoute: () => root,
  path: '/wall',
  beforeLoad: requireSomebody,
  component: pages.WallPage,
});

const fleet = createRoute({
  getParentRoute: () => app,
  path: '/',
  validateSearch: readFleetSearch,
  // A bare link leads to what was looked at last.
  beforeLoad: async ({ search }) => {
    // Read in any case: the first frame has the columns that were chosen.
    const last = await searchToOpen();
    if (Object.keys(search).length === 0 && Object.keys(last).length > 0)
      throw redirect({ to: '/', search: last, replace: true });
  },
  component: FleetPage,
});

const compare = createRoute({
  getParentRoute: () => app,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: pages.ComparePage,
});

const incidents = createRoute({
  getParentRoute: () => app,
  path: '/alerts/incidents',
  validateSearch: readIncidentSearch,
  component: pages.IncidentsPage,
});

const newHost = createRoute({
  getParentRoute: () => app,
  path: '/hosts/new',
  component: pages.NewHostPage,
});

const importHosts = createRoute({
  getParentRoute: () => app,
  path: '/hosts/import',
  component: pages.ImportPage,
});

const hostId = {
  parse: ({ id }: { id: string }) => ({ id: Number(id) }),
  stringify: ({ id }: { id: number }) => ({ id: String(id) }),
};

const incident = createRoute({
  getParentRoute: () => app,
  path: '/alerts/incidents/$id',
  params: hostId,
  component: pages.IncidentPage,
});

const changes = createRoute({
  getParentRoute: () => app,
  path: '/alerts/changes',
  validateSearch: readChangeSearch,
  component: pages.ChangesPage,
});

const rules = createRoute({
  getParentRoute: () => app,
  path: '/alerts/rules',
  validateSearch: readRulesSearch,
  component: pages.RulesPage,
});

const quiet = createRoute({
  getParentRoute: () => app,
  path: '/alerts/quiet',
  validateSearch: readQuietSearch,
  component: pages.QuietPage,
});

const channels = createRoute({
  getParentRoute: () => app,
  path: '/alerts/channels',
  validateSearch: readChannelsSearch,
  component: pages.ChannelsPage,
});

const host = createRoute({
  getParentRoute: () => app,
  path: '/hosts/$id',
  params: hostId,
  validateSearch: readHostSearch,
  component: pages.HostPage,
});

const editHost = createRoute({
  getParentRoute: () => app,
  path: '/hosts/$id/edit',
  params: hostId,
  component: pages.EditHostPage,
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
  component: pages.SettingsPage,
});

/** What anybody may read, in the frame of who is logged in or without. */
const open = createRoute({
  getParentRoute: () => root,
  id: 'open',
  beforeLoad: async () => ({ me: await queryClient.ensureQueryData(meQuery).catch(() => null) }),
  component: OpenFrame,
});

const docs = createRoute({ getParentRoute: () => open, path: '/docs', component: pages.DocsPage });

const missing = createRoute({ getParentRoute: () => open, path: '$', component: MissingPage });

const routeTree = root.addChildren([
  login,
  welcome,
  wall,
  app.addChildren([
    fleet,
    incidents,
    incident,
    changes,
    rules,
    channels,
    quiet,
    compare,
    newHost,
    importHosts,
    host,
    editHost,
    settings,
    settingsSection,
  ]),
  open.addChildren([docs, missing]),
]);

export const router = createRouter({
  routeTree,
  basepath: basePath === '' ? '/' : basePath,
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
