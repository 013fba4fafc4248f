import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import type { ReactNode } from 'react';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { foldName } from '../../../../src/model/names.ts';
import { meQuery } from '../../api/queries.ts';
import { live } from '../../live/use-live.ts';
import { verdictOf } from '../../live/verdict.ts';
import { settingsSections } from '../../pages/settings/sections.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { navTexts, paletteTexts } from '../../texts/shell.ts';
import { StatusMark } from '../status-mark.tsx';
import { logOut } from './account-menu.tsx';

const maxHosts = 500;

/** Everything that can be gone to, by a few letters of its name. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery);
  const hosts = useMemo(() => [...live.getState().fleet.values()].slice(0, maxHosts), []);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    ref.current?.showModal();
    input.current?.focus({ preventScroll: true });
  }, []);
  const go = (to: () => unknown) => () => {
    onClose();
    to();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it, by the browser
    <dialog
      ref={ref}
      aria-label={paletteTexts.title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
      className="mx-auto mt-[12dvh] w-[calc(100vw-2rem)] max-w-xl overflow-hidden rounded-2xl border border-line bg-surface p-0 text-text shadow-raised"
    >
      <Command label={paletteTexts.title} loop filter={score}>
        <Command.Input
          ref={input}
          onValueChange={() => requestAnimationFrame(() => list.current?.scrollTo({ top: 0 }))}
          placeholder={paletteTexts.placeholder}
          className="w-full border-b border-line bg-transparent px-4 py-3.5 outline-none"
        />
        <Command.List ref={list} className="max-h-[50dvh] overflow-y-auto p-2">
          <Command.Empty className="px-3 py-6 text-center text-sm text-muted">{paletteTexts.empty}</Command.Empty>
          <Group heading={paletteTexts.hosts}>
            {hosts.map((entry) => (
              <Item
                key={entry.host.id}
                value={`${entry.host.name} ${entry.host.ip} ${entry.host.tags.join(' ')} ${entry.host.id}`}
                onSelect={go(() => navigate({ to: '/hosts/$id', params: { id: entry.host.id } }))}
              >
                <StatusMark verdict={verdictOf(entry)} />
                <span className="truncate">{entry.host.name}</span>
                <span className="truncate text-xs text-muted">{entry.host.ip}</span>
              </Item>
            ))}
          </Group>
          <Group heading={paletteTexts.pages}>
            <Item onSelect={go(() => navigate({ to: '/' }))}>{navTexts.fleet}</Item>
            {settingsSections(me?.is_admin ?? false).map((section) => (
              <Item key={section} onSelect={go(() => navigate({ to: '/settings/$section', params: { section } }))}>
                {navTexts.settings}: {settingsTexts.sections[section]}
              </Item>
            ))}
            <Item onSelect={go(() => location.assign('/docs'))}>{navTexts.docs}</Item>
          </Group>
          <Group heading={paletteTexts.actions}>
            <Item onSelect={go(() => navigate({ to: '/hosts/new' }))}>{navTexts.add}</Item>
            <Item onSelect={go(() => navigate({ to: '/hosts/import' }))}>{navTexts.import}</Item>
            <Item onSelect={go(() => logOut())}>{navTexts.logOut}</Item>
          </Group>
        </Command.List>
      </Command>
      <p className="border-t border-line px-4 py-2 text-xs text-muted">{paletteTexts.keys}</p>
    </dialog>
  );
}

/** Every word must be somewhere in it; what begins with them comes first. */
function score(value: string, search: string): number {
  const [text, typed] = [foldName(value), foldName(search).trim()];
  if (!typed.split(/\s+/).every((word) => text.includes(word))) return 0;
  return text.startsWith(typed) ? 1 : text.includes(typed) ? 0.7 : 0.4;
}

function Group({ heading, children }: { readonly heading: string; readonly children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  children,
  ...rest
}: {
  readonly children: ReactNode;
  readonly value?: string;
  readonly onSelect: () => void;
}) {
  return (
    <Command.Item
      {...rest}
      className="flex cursor-pointer items-center gap-2.5 rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-accent-soft"
    >
      {children}
    </Command.Item>
  );
}
