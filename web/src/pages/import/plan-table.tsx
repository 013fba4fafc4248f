import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { ImportedHost } from '../../api/types.ts';
import { importTexts } from '../../texts/import.ts';

const words = importTexts;
const rowPx = 57;
const columns = 'grid grid-cols-[1.5rem_1fr] gap-x-3 gap-y-1 px-3 py-2 sm:grid-cols-[1.5rem_3fr_2fr_4fr]';
const looks = { new: 'text-good', present: 'text-muted', invalid: 'text-bad' } as const;

/** What becomes of each host. Of thousands only what is on the screen is drawn. */
export function PlanTable({
  hosts,
  refused,
  onRefuse,
}: {
  readonly hosts: readonly ImportedHost[];
  readonly refused: ReadonlySet<string>;
  readonly onRefuse: (refused: ReadonlySet<string>) => void;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = ref.current?.getBoundingClientRect();
      if (box) setTop(Math.round(box.top + scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: hosts.length,
    estimateSize: () => rowPx,
    getItemKey: (index) => hosts[index]?.key ?? index,
    overscan: 10,
    scrollMargin: top,
  });
  const toggle = (key: string): void => {
    const next = new Set(refused);
    if (!next.delete(key)) next.add(key);
    onRefuse(next);
  };
  return (
    <div
      role="table"
      aria-label={words.list}
      aria-rowcount={hosts.length + 1}
      className="rounded-xl border border-line bg-surface text-sm"
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={`${columns} border-b border-line text-xs text-muted`}>
          <span role="columnheader">
            <span className="sr-only">{words.columns.choose}</span>
          </span>
          <span role="columnheader">{words.columns.host}</span>
          <span role="columnheader" className="max-sm:sr-only">
            {words.columns.login}
          </span>
          <span role="columnheader" className="max-sm:sr-only">
            {words.columns.outcome}
          </span>
        </div>
      </div>
      <div ref={ref} role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const host = hosts[index];
          return host ? (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              role="row"
              aria-rowindex={index + 2}
              className={`${columns} absolute inset-x-0 top-0 border-b border-line`}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              <Cells host={host} isChosen={!refused.has(host.key)} onToggle={() => toggle(host.key)} />
            </div>
          ) : null;
        })}
      </div>
    </div>
  );
}

function Cells({
  host,
  isChosen,
  onToggle,
}: {
  readonly host: ImportedHost;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}) {
  const { name, ip, port, username, login, identity, jumpHosts, proxies, state, reason, warnings, hostId } = host;
  return (
    <>
      <span role="cell">
        {state === 'new' ? (
          <input
            type="checkbox"
            checked={isChosen}
            onChange={onToggle}
            aria-label={`${words.columns.choose}: ${name}`}
            className="mt-1 size-4 accent-accent"
          />
        ) : null}
      </span>
      <span role="cell" className="min-w-0 break-words">
        <span className="block font-medium">{name}</span>
        <span className="block text-xs text-muted">
          {username ? `${username}@` : ''}
          {ip}
          {port === 22 ? '' : `:${port}`}
        </span>
      </span>
      <span role="cell" className="min-w-0 break-words text-xs text-muted max-sm:col-start-2">
        <span className="block">
          {identity && login === 'none' ? `${identity.name}: ${words.logins.none}` : words.logins[login]}
        </span>
        {jumpHosts.length + proxies.length > 0 ? (
          <span className="block">
            {words.via} {[...proxies, ...jumpHosts.map((jump) => jump.name)].join(', ')}
          </span>
        ) : null}
      </span>
      <span role="cell" className="min-w-0 break-words max-sm:col-start-2">
        <span className={`font-medium ${looks[state]}`}>
          {hostId === null ? (
            words.states[state]
          ) : (
            <Link to="/hosts/$id" params={{ id: hostId }} className="underline">
              {words.states[state]}
            </Link>
          )}
        </span>
        {reason ? <span className="block text-xs">{reason}</span> : null}
        {state !== 'new'
          ? null
          : warnings.map((warning) => (
              <span key={warning} className="block text-xs text-warn">
                {warning}
              </span>
            ))}
      </span>
    </>
  );
}
