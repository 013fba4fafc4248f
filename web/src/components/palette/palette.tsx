import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import {
  type KeyboardEvent,
  type RefObject,
  startTransition,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { meQuery } from '../../api/queries.ts';
import { worstFirst } from '../../live/badness.ts';
import { serverNow } from '../../live/clock.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { live } from '../../live/use-live.ts';
import { paletteTexts } from '../../texts/shell.ts';
import { useModal } from '../use-modal.ts';
import { actionsOf, type Entry, type Group, groupsOf } from './entries.tsx';
import { takeTyped } from './opening.ts';

/** Everything that can be gone to or done, by a few letters of its name. Only what fits best is drawn. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState('');
  const [host, setHost] = useState<FleetHost | null>(null);
  // What is wrong comes first while nothing is typed.
  const hosts = useMemo(() => worstFirst(live.getState().fleet.values(), serverNow()), []);
  const groups = useMemo<readonly Group[]>(() => {
    if (host === null) return groupsOf(hosts, text, me?.is_admin ?? false, navigate);
    const words = text.trim().toLowerCase();
    const entries = actionsOf(host, navigate).filter(({ text: name }) => name.toLowerCase().includes(words));
    return entries.length > 0 ? [{ heading: host.host.name, entries }] : [];
  }, [hosts, host, text, me, navigate]);
  useModal(dialog, dialog);
  // The first group is drawn at once, the others right after, so that the field is there the sooner.
  const [isWhole, setIsWhole] = useState(false);
  useEffect(() => startTransition(() => setIsWhole(true)), []);
  useTyped(input, setText);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its first entry
  useLayoutEffect(() => {
    setChosen(groups[0]?.entries[0]?.key ?? '');
    list.current?.scrollTo({ top: 0 });
  }, [text, host]);

  const run = (entry: Entry): void => {
    onClose();
    void entry.run();
  };
  const showActions = (next: FleetHost | null): void => {
    setHost(next);
    setText('');
  };
  /** Right or Tab on a host shows what can be done to it; Backspace before any letter leads back. */
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const field = event.currentTarget;
    const isAtEnd = field.selectionStart === field.value.length;
    const of = groups.flatMap(({ entries }) => entries).find(({ key }) => key === chosen)?.host;
    if ((event.key === 'Tab' || (event.key === 'ArrowRight' && isAtEnd)) && !event.shiftKey && of) showActions(of);
    else if (event.key === 'Backspace' && text === '' && host !== null) showActions(null);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it, by the browser
    <dialog
      ref={dialog}
      aria-label={paletteTexts.title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      className="mx-auto mt-[12dvh] w-[calc(100vw-2rem)] max-w-xl overflow-hidden rounded-2xl border border-line bg-surface p-0 text-text shadow-raised"
    >
      <Command label={paletteTexts.title} loop shouldFilter={false} value={chosen} onValueChange={setChosen}>
        <div className="flex items-center border-b border-line">
          {host === null ? null : (
            <span className="ml-4 max-w-48 truncate rounded bg-accent-soft px-2 py-0.5 text-sm">{host.host.name}</span>
          )}
          <Command.Input
            ref={input}
            value={text}
            onValueChange={setText}
            onKeyDown={onKeyDown}
            placeholder={host === null ? paletteTexts.placeholder : paletteTexts.placeholderOfHost}
            className="min-w-0 flex-1 bg-transparent px-4 py-3.5 outline-none"
          />
        </div>
        <Command.List ref={list} className="max-h-[50dvh] overflow-y-auto p-2">
          <Command.Empty className="px-3 py-6 text-center text-sm text-muted">{paletteTexts.empty}</Command.Empty>
          <Results groups={isWhole ? groups : groups.slice(0, 1)} chosen={chosen} onRun={run} />
        </Command.List>
      </Command>
      <p className="border-t border-line px-4 py-2 text-xs text-muted">{paletteTexts.keys}</p>
    </dialog>
  );
}

function Results({
  groups,
  chosen,
  onRun,
}: {
  readonly groups: readonly Group[];
  readonly chosen: string;
  readonly onRun: (entry: Entry) => void;
}) {
  return groups.map(({ heading, entries }) => (
    <Command.Group
      key={heading}
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {entries.map((entry) => (
        <Command.Item
          key={entry.key}
          value={entry.key}
          onSelect={() => onRun(entry)}
          className="flex cursor-pointer items-center gap-2.5 rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-accent-soft"
        >
          {entry.label}
          {entry.host && entry.key === chosen ? (
            <span aria-hidden="true" className="ml-auto shrink-0 text-xs text-muted">
              {paletteTexts.more}
            </span>
          ) : null}
        </Command.Item>
      ))}
    </Command.Group>
  ));
}

/** Takes what was typed before the field was there: its text first, then the keys that lead somewhere. */
function useTyped(input: RefObject<HTMLInputElement | null>, setText: (text: string) => void): void {
  const keys = useRef<readonly string[]>([]);
  useLayoutEffect(() => {
    const typed = takeTyped();
    if (typed.text !== '') setText(typed.text);
    keys.current = [...keys.current, ...typed.keys];
  }, [setText]);
  useEffect(() => {
    // After what was typed is drawn: Enter is meant for what it found.
    const frame = requestAnimationFrame(() => {
      for (const key of keys.current)
        input.current?.dispatchEvent(new globalThis.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      keys.current = [];
    });
    return () => cancelAnimationFrame(frame);
  }, [input]);
}
