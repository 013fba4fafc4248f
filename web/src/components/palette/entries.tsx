import type { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { foldName } from '../../../../src/model/names.ts';
import { request } from '../../api/http.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { verdictOf } from '../../live/verdict.ts';
import { selection } from '../../pages/fleet/bulk/selection.ts';
import { settingsSections } from '../../pages/settings/sections.ts';
import { alertTexts } from '../../texts/alerts/incidents.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { navTexts, paletteTexts } from '../../texts/shell.ts';
import { logOut } from '../shell/account-menu.tsx';
import { StatusMark } from '../status-mark.tsx';
import { rankHosts, scoreOf, splitVerb } from './rank.ts';

/** Something that can be chosen. `host`: whose actions a further key shows. */
export type Entry = {
  readonly key: string;
  readonly label: ReactNode;
  readonly run: () => unknown;
  readonly host?: FleetHost;
};

export type Group = { readonly heading: string; readonly entries: readonly Entry[] };

const maxHosts = 12;
const maxOfVerb = 5;

type Verb = keyof typeof paletteTexts.verbs;
type Navigate = ReturnType<typeof useNavigate>;

/** What can be done to one host. */
export function actionsOf(entry: FleetHost, navigate: Navigate): readonly (Entry & { readonly text: string })[] {
  const { host, status } = entry;
  const params = { id: host.id };
  const toHost = () => navigate({ to: '/hosts/$id', params });
  const login = `${host.username}@${host.ip}`;
  const runs: Readonly<Record<Verb, (() => unknown) | null>> = {
    open: toHost,
    // Its page shows what becomes of it.
    connect: host.metricsEnabled
      ? async () => {
          await toHost();
          await request('POST', `/metrics/start/${host.id}`).catch(() => {});
        }
      : null,
    edit: () => navigate({ to: '/hosts/$id/edit', params }),
    key: status?.failure?.stage === 'host-key' ? toHost : null,
    copy:
      host.connectionType === 'ssh'
        ? () => navigator.clipboard.writeText(host.port === 22 ? `ssh ${login}` : `ssh -p ${host.port} ${login}`)
        : null,
    folder: host.folder === '' ? null : () => navigate({ to: '/', search: { folder: host.folder } }),
    incidents: entry.incidents ? () => navigate({ to: '/alerts/incidents', search: { host: host.id } }) : null,
    silence: host.mine ? () => navigate({ to: '/alerts/quiet', search: { silence: true, host: host.id } }) : null,
    select: async () => {
      selection.put([host.id], true);
      await navigate({ to: '/' });
    },
  };
  return (Object.keys(runs) as Verb[]).flatMap((verb) => {
    const run = runs[verb];
    const text = paletteTexts.verbs[verb];
    return run === null ? [] : [{ key: `${verb} ${host.id}`, text, label: text, run }];
  });
}

function hostEntry(entry: FleetHost, navigate: Navigate): Entry {
  const { host } = entry;
  return {
    key: `host ${host.id}`,
    host: entry,
    run: () => navigate({ to: '/hosts/$id', params: { id: host.id } }),
    label: (
      <>
        <StatusMark verdict={verdictOf(entry)} />
        <span className="truncate">{host.name}</span>
        <span className="truncate text-xs text-muted">{host.ip}</span>
      </>
    ),
  };
}

/** `edit web-1`: the action on the hosts that the rest names. */
function verbEntries(hosts: readonly FleetHost[], typed: string, navigate: Navigate): readonly Entry[] {
  const split = splitVerb(typed, paletteTexts.verbs);
  if (split === null) return [];
  return rankHosts(hosts, split.rest, maxOfVerb).flatMap((entry) =>
    actionsOf(entry, navigate)
      .filter(({ key }) => split.verbs.some((verb) => key.startsWith(`${verb} `)))
      .map((action) => ({
        ...action,
        label: (
          <>
            <StatusMark verdict={verdictOf(entry)} />
            <span className="truncate">
              {action.text}: {entry.host.name}
            </span>
          </>
        ),
      })),
  );
}

/** What fits what was typed: hosts, actions on them, pages, other actions. Groups without any are left out. */
export function groupsOf(
  hosts: readonly FleetHost[],
  typed: string,
  isAdmin: boolean,
  navigate: Navigate,
): readonly Group[] {
  const words = foldName(typed).trim();
  const fitting = (entries: readonly (Entry & { readonly text: string })[]) =>
    entries
      .map((entry) => ({ entry, score: scoreOf(foldName(entry.text), words) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ entry }) => entry);
  const named = (text: string, run: () => unknown) => ({ key: text, text, label: text, run });
  const pages = fitting([
    named(navTexts.fleet, () => navigate({ to: '/' })),
    named(paletteTexts.map, () => navigate({ to: '/', search: { layout: 'map' } })),
    ...(['incidents', 'changes', 'rules', 'channels', 'quiet'] as const).map((part) =>
      named(`${navTexts.alerts}: ${alertTexts.parts[part]}`, () => navigate({ to: `/alerts/${part}` })),
    ),
    named(navTexts.compare, () => navigate({ to: '/compare' })),
    named(paletteTexts.wall, () => navigate({ to: '/wall' })),
    ...settingsSections(isAdmin).map((section) =>
      named(`${navTexts.settings}: ${settingsTexts.sections[section]}`, () =>
        navigate({ to: '/settings/$section', params: { section } }),
      ),
    ),
    named(navTexts.docs, () => navigate({ to: '/docs' })),
  ]);
  const actions = fitting([
    named(navTexts.add, () => navigate({ to: '/hosts/new' })),
    named(navTexts.import, () => navigate({ to: '/hosts/import' })),
    named(paletteTexts.addChannel, () => navigate({ to: '/alerts/channels', search: { add: true } })),
    named(paletteTexts.addRule, () => navigate({ to: '/alerts/rules', search: { add: true } })),
    named(navTexts.logOut, logOut),
  ]);
  return [
    { heading: paletteTexts.onHosts, entries: verbEntries(hosts, typed, navigate) },
    { heading: paletteTexts.hosts, entries: rankHosts(hosts, typed, maxHosts).map((one) => hostEntry(one, navigate)) },
    { heading: paletteTexts.pages, entries: pages },
    { heading: paletteTexts.actions, entries: actions },
  ].filter(({ entries }) => entries.length > 0);
}
