import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { meQuery, versionQuery } from '../../api/queries.ts';
import type { Me } from '../../api/types.ts';
import { Missing } from '../../components/failed.tsx';
import { useTitle } from '../../components/use-title.ts';
import { useView } from '../../live/use-live.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { ApiKeysSettings } from './account/api-keys.tsx';
import { ProfileSettings } from './account/profile.tsx';
import { SessionsSettings } from './account/sessions.tsx';
import { AuditSettings } from './audit.tsx';
import { CollectionSettings } from './collection.tsx';
import { CredentialsSettings } from './credentials.tsx';
import { DestinationsSettings } from './destinations/destinations.tsx';
import { HeartbeatSettings } from './heartbeat.tsx';
import { HistorySettings } from './history/history.tsx';
import { HostKeysSettings } from './keys/host-keys.tsx';
import { PrometheusSettings } from './prometheus.tsx';
import { type SettingsSection, settingsSections } from './sections.ts';
import { SignInSettings } from './sign-in/sign-in.tsx';
import { UsersSettings } from './users.tsx';

const pages: Readonly<Record<SettingsSection, ComponentType<{ readonly me: Me }>>> = {
  profile: ProfileSettings,
  sessions: SessionsSettings,
  'api-keys': ApiKeysSettings,
  credentials: CredentialsSettings,
  'host-keys': HostKeysSettings,
  prometheus: PrometheusSettings,
  collection: CollectionSettings,
  history: HistorySettings,
  'remote-write': DestinationsSettings,
  heartbeat: HeartbeatSettings,
  users: UsersSettings,
  'sign-in': SignInSettings,
  audit: AuditSettings,
};

/** All settings: one's own, and for admins those of the service. */
export function SettingsPage() {
  const { section } = useParams({ from: '/app/settings/$section' });
  const { data: me } = useQuery(meQuery);
  const { data: version } = useQuery(versionQuery);
  const sections = settingsSections(me?.is_admin ?? false);
  const current = sections.find((one) => one === section);
  useTitle(current ? settingsTexts.sections[current] : settingsTexts.title);
  useView({ hosts: [], watch: [] });
  if (!me) return null;
  if (!current) return <Missing />;
  const Page = pages[current];
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 py-2 md:flex-row md:gap-10">
      <nav aria-label={settingsTexts.title} className="flex flex-wrap gap-1 md:w-48 md:shrink-0 md:flex-col">
        {sections.map((one) => (
          <Link
            key={one}
            to="/settings/$section"
            params={{ section: one }}
            className="rounded-lg px-3 py-2 text-sm text-muted hover:bg-sunken aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
          >
            {settingsTexts.sections[one]}
          </Link>
        ))}
        {version && (
          <p className="px-3 py-2 text-xs text-muted md:mt-4">{settingsTexts.version(version.localVersion)}</p>
        )}
      </nav>
      <div className="flex min-w-0 flex-1 flex-col gap-6">
        <h1 className="text-2xl font-semibold">{settingsTexts.sections[current]}</h1>
        <Page me={me} />
      </div>
    </div>
  );
}
