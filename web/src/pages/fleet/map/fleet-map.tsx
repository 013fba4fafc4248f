import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, memo, useRef, useState } from 'react';
import { at } from '../../../api/base.ts';
import { useNow } from '../../../components/now.tsx';
import type { FleetHost } from '../../../live/fleet.ts';
import { oldStepMs } from '../../../live/old.ts';
import { texts } from '../../../texts/common.ts';
import { mapTexts } from '../../../texts/fleet.ts';
import type { FleetItem } from '../arrange/arrange.ts';
import { type MapState, stateOf } from './map-state.ts';

/** A shape as well as a colour for each state, so that no state is told by its colour alone. */
const looks: Readonly<Record<MapState, readonly [string, string]>> = {
  offline: ['bg-bad text-surface', '✕'],
  stale: ['bg-warn text-surface', '≠'],
  trouble: ['bg-warn text-surface', '▲'],
  critical: ['bg-bad-soft text-bad ring-1 ring-inset ring-bad', '!'],
  high: ['bg-warn-soft text-warn ring-1 ring-inset ring-warn', '·'],
  unknown: ['bg-sunken text-muted ring-1 ring-inset ring-line-strong', '○'],
  online: ['bg-good-soft text-good', ''],
};
const states = Object.keys(looks) as readonly MapState[];

/** Every host as one square, coloured by its state; with groups, a block each. */
export function FleetMap({
  items,
  isLarge = false,
}: {
  readonly items: readonly FleetItem[];
  /** To be read from afar, where nobody points. */
  readonly isLarge?: boolean;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const [about, setAbout] = useState<string | null>(null);
  const blocks = blocksOf(items, useNow(oldStepMs));
  const counts = new Map<MapState, number>();
  for (const { hosts } of blocks) for (const { state } of hosts) counts.set(state, (counts.get(state) ?? 0) + 1);
  const idOf = (target: EventTarget): number | null =>
    target instanceof HTMLElement && target.dataset.host ? Number(target.dataset.host) : null;
  const open = (event: MouseEvent): void => {
    const id = idOf(event.target);
    if (id === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void navigate({ to: '/hosts/$id', params: { id } });
  };
  const move = (event: KeyboardEvent): void => {
    const all = [...(ref.current?.querySelectorAll<HTMLElement>('[data-host]') ?? [])];
    const next = all[towards(all, all.indexOf(event.target as HTMLElement), event.key)];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  };
  const tell = ({ target }: { readonly target: EventTarget }): void =>
    setAbout(target instanceof HTMLElement ? (target.getAttribute('aria-label') ?? null) : null);
  const first = blocks.find(({ hosts }) => hosts.length > 0)?.hosts[0]?.entry.host.id;
  return (
    <section aria-label={mapTexts.label} className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div className={`flex flex-wrap items-center gap-x-4 gap-y-1 text-muted ${isLarge ? 'text-base' : 'text-xs'}`}>
        {states
          .filter((state) => counts.has(state))
          .map((state) => (
            <span key={state} className="numbers inline-flex items-center gap-1.5">
              <span aria-hidden="true" className={`${square} size-4 forced-color-adjust-none ${looks[state][0]}`}>
                {looks[state][1]}
              </span>
              {stateName(state)} {counts.get(state)}
            </span>
          ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the squares are links; this is where their events are taken */}
      <div
        ref={ref}
        className="flex flex-col gap-4"
        onClick={open}
        onKeyDown={move}
        onPointerOver={tell}
        onFocus={tell}
        onPointerLeave={() => setAbout(null)}
      >
        {blocks.map(({ name, hosts }) => (
          <Block key={name ?? ''} name={name} hosts={hosts} first={first} />
        ))}
      </div>
      {isLarge ? null : (
        <p aria-hidden="true" className="sticky bottom-0 min-h-6 bg-surface text-sm wrap-anywhere max-sm:min-h-10">
          {about ?? <span className="text-faint">{mapTexts.hint}</span>}
        </p>
      )}
    </section>
  );
}

const square = 'inline-flex items-center justify-center rounded-[4px] text-[0.65rem] font-bold leading-none';

/** A host with its state now. */
type Stated = { readonly entry: FleetHost; readonly state: MapState };
type Hosts = { readonly name: string | null; readonly hosts: readonly Stated[] };

function Block({
  name,
  hosts,
  first,
}: Hosts & {
  /** The host whose square Tab leads to; arrows lead to the others. */
  readonly first: number | undefined;
}) {
  return (
    <div className="flex flex-col gap-1.5">
      {name === null ? null : (
        <h2 className="text-sm font-semibold">
          {name} <span className="numbers font-normal text-muted">{hosts.length}</span>
        </h2>
      )}
      <div className="flex flex-wrap gap-[3px]">
        {hosts.map(({ entry, state }) => (
          <Square key={entry.host.id} entry={entry} state={state} isFirst={entry.host.id === first} />
        ))}
      </div>
    </div>
  );
}

/** A plain link, not the router's: a thousand of those would take too long. */
const Square = memo(function Square({ entry, state, isFirst }: Stated & { readonly isFirst: boolean }) {
  const [look, sign] = looks[state];
  const { failure } = entry.status ?? { failure: null };
  const why = failure && state !== 'online' && state !== 'high' && state !== 'critical' ? `: ${failure.message}` : '';
  return (
    <a
      href={at(`/hosts/${entry.host.id}`)}
      data-host={entry.host.id}
      data-state={state}
      tabIndex={isFirst ? 0 : -1}
      aria-label={`${entry.host.name}, ${stateName(state)}${why}`}
      className={`${square} size-[22px] forced-color-adjust-none hover:outline-2 hover:outline-accent ${look}`}
    >
      {sign}
    </a>
  );
});

function stateName(state: MapState): string {
  return state === 'high' || state === 'critical' ? mapTexts[state] : texts.status[state];
}

/** The hosts of each group; of all, where there are no groups. Worst first, as the list has them. */
function blocksOf(items: readonly FleetItem[], now: number): readonly Hosts[] {
  const blocks: { name: string | null; hosts: Stated[] }[] = [];
  for (const item of items) {
    if (item.kind === 'group') blocks.push({ name: item.name, hosts: [] });
    else if (item.kind === 'host') {
      if (blocks.length === 0) blocks.push({ name: null, hosts: [] });
      blocks.at(-1)?.hosts.push({ entry: item.entry, state: stateOf(item.entry, now) });
    }
  }
  return blocks;
}

/** The index of the square that a key leads to; -1 for none. Up and down go to the nearest one in the next line. */
function towards(all: readonly HTMLElement[], from: number, key: string): number {
  const now = all[from];
  if (!now) return -1;
  if (key === 'ArrowRight') return from + 1;
  if (key === 'ArrowLeft') return from - 1;
  const sign = key === 'ArrowDown' || key === 'j' ? 1 : key === 'ArrowUp' || key === 'k' ? -1 : 0;
  if (sign === 0) return key === 'Home' ? 0 : key === 'End' ? all.length - 1 : -1;
  let best = -1;
  for (let index = from + sign; index >= 0 && index < all.length; index += sign) {
    const one = all[index];
    if (!one || one.offsetTop === now.offsetTop) continue;
    if (best >= 0 && one.offsetTop !== all[best]?.offsetTop) break;
    const isNearer = (other: HTMLElement | undefined) =>
      !other || Math.abs(one.offsetLeft - now.offsetLeft) < Math.abs(other.offsetLeft - now.offsetLeft);
    if (isNearer(all[best])) best = index;
  }
  return best;
}
