import { Link } from '@tanstack/react-router';
import { Age } from '../../../components/now.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import type { FleetHost } from '../../../live/fleet.ts';
import { useIsOld } from '../../../live/old.ts';
import { verdictOf } from '../../../live/verdict.ts';
import { fleetTexts, startTexts } from '../../../texts/fleet.ts';
import { shareTexts } from '../../../texts/host.ts';
import { SelectHost } from '../bulk/select-host.tsx';

/** A host's status and name, and what is wrong or where it is: beneath it, or beside it in dense rows. */
export function NameCell({
  entry,
  itemKey,
  isDense,
}: {
  readonly entry: FleetHost;
  readonly itemKey: string;
  readonly isDense: boolean;
}) {
  const { host, status } = entry;
  return (
    <span role="cell" className="flex min-w-0 items-center gap-3">
      <SelectHost id={host.id} name={host.name} />
      <StatusMark verdict={verdictOf(entry)} />
      <span className={`min-w-0 ${isDense ? 'flex flex-1 items-baseline gap-3' : ''}`}>
        <span className={`flex items-baseline gap-2 ${isDense ? 'min-w-0 max-w-[70%] shrink-0' : ''}`}>
          <HostLink
            entry={entry}
            itemKey={itemKey}
            className="outline-none focus-visible:after:rounded-lg focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          />
          {status?.stateSince ? (
            <span className="shrink-0 text-xs text-faint">
              <Age at={status.stateSince} short />
            </span>
          ) : null}
        </span>
        <span className={`flex min-w-0 items-baseline gap-2 ${isDense ? 'flex-1' : ''}`}>
          <Beneath entry={entry} withTags={!isDense} />
          <OldValues entry={entry} />
        </span>
      </span>
    </span>
  );
}

/** A host's name, which leads to it from anywhere on its row or tile. */
export function HostLink({
  entry: { host },
  itemKey,
  className,
}: {
  readonly entry: FleetHost;
  readonly itemKey: string;
  readonly className: string;
}) {
  return (
    <Link
      to="/hosts/$id"
      params={{ id: host.id }}
      data-item={itemKey}
      title={host.name}
      className={`truncate font-medium after:absolute after:inset-0 ${className}`}
    >
      {host.name}
    </Link>
  );
}

/** How old the numbers of a host are, where they are old. */
export function OldValues({ entry }: { readonly entry: FleetHost }) {
  const isOldNow = useIsOld(entry);
  if (!isOldNow || !entry.vitals) return null;
  return (
    <span className="shrink-0 text-xs text-faint">
      <span className="max-sm:sr-only">{fleetTexts.values}</span> <Age at={entry.vitals.at} short /> {fleetTexts.old}
    </span>
  );
}

/** Beneath a host's name: what is wrong, or where it is. In a dense row there is room for no tags; they have a column. */
export function Beneath({ entry, withTags = true }: { readonly entry: FleetHost; readonly withTags?: boolean }) {
  const { host, status } = entry;
  const verdict = verdictOf(entry);
  if (status?.failure && verdict !== 'online') {
    return (
      <span
        className={`block truncate text-xs ${verdict === 'offline' ? 'text-bad' : 'text-warn'}`}
        title={status.failure.message}
      >
        {status.failure.message}
      </span>
    );
  }
  return (
    <span className="flex min-w-0 gap-2 text-xs text-muted">
      {/* What is cut first is the tags. */}
      <span className="max-w-[75%] shrink-0 truncate">
        {host.connectionType === 'local' ? startTexts.localName : host.ip}
      </span>
      {host.mine ? null : (
        <span className="truncate">
          {shareTexts.of} {host.owner}
        </span>
      )}
      {host.tags.slice(0, withTags ? 3 : 0).map((tag) => (
        <span key={tag} className="truncate rounded bg-sunken px-1.5 max-sm:hidden">
          {tag}
        </span>
      ))}
    </span>
  );
}
