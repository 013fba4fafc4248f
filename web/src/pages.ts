import { lazyPage } from './components/lazy-page.tsx';

// The pages whose code is fetched after the first paint, or when they are wanted before that.

export const LoginPage = lazyPage(async () => (await import('./pages/login/login-page.tsx')).LoginPage);
export const WelcomePage = lazyPage(async () => (await import('./pages/login/welcome-page.tsx')).WelcomePage);
export const NewHostPage = lazyPage(async () => (await import('./pages/host-form/new-host-page.tsx')).NewHostPage);
export const ImportPage = lazyPage(async () => (await import('./pages/import/import-page.tsx')).ImportPage);
export const HostPage = lazyPage(async () => (await import('./pages/host/host-page.tsx')).HostPage);
export const EditHostPage = lazyPage(async () => (await import('./pages/host-form/edit-host-page.tsx')).EditHostPage);
export const SettingsPage = lazyPage(async () => (await import('./pages/settings/settings-page.tsx')).SettingsPage);
export const DocsPage = lazyPage(async () => (await import('./pages/docs/docs-page.tsx')).DocsPage);
export const ComparePage = lazyPage(async () => (await import('./pages/compare/compare-page.tsx')).ComparePage);
export const WallPage = lazyPage(async () => (await import('./pages/wall/wall-page.tsx')).WallPage);
export const IncidentsPage = lazyPage(
  async () => (await import('./pages/alerts/incidents/incidents-page.tsx')).IncidentsPage,
);
export const IncidentPage = lazyPage(
  async () => (await import('./pages/alerts/incident/incident-page.tsx')).IncidentPage,
);
export const ChangesPage = lazyPage(async () => (await import('./pages/alerts/changes/changes-page.tsx')).ChangesPage);
export const ChannelsPage = lazyPage(
  async () => (await import('./pages/alerts/channels/channels-page.tsx')).ChannelsPage,
);
export const RulesPage = lazyPage(async () => (await import('./pages/alerts/rules/rules-page.tsx')).RulesPage);
export const QuietPage = lazyPage(async () => (await import('./pages/alerts/quiet/quiet-page.tsx')).QuietPage);
