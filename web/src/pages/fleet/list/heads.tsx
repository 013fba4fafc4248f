import { Icon } from '../../../components/icon.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { verdicts } from '../../../live/verdict.ts';
import { texts } from '../../../texts/common.ts';
import { failureTexts } from '../../../texts/fleet.ts';
import type { FailureItem, GroupItem } from '../arrange/arrange.ts';
import { toggleFolded } from '../preferences.ts';

const button =
  'flex min-w-0 items-center gap-2 rounded-lg py-1 pr-2 text-left hover:bg-sunken focus-visible:outline-offset-0';

function Fold({ isFolded }: { readonly isFolded: boolean }) {
  return <Icon name="chevron" className={`size-4 text-muted ${isFolded ? '' : 'rotate-90'}`} />;
}

/** The head of a group: its worst state, its name, how many hosts are not well. Folds the group. */
export function GroupHead({ group, inTable }: { readonly group: GroupItem; readonly inTable: boolean }) {
  const wrong = verdicts.filter((verdict) => verdict !== 'online' && group.counts[verdict] > 0);
  const head = (
    <h2 className="min-w-0 text-sm font-semibold">
      <button
        type="button"
        data-item={group.key}
        aria-expanded={!group.isFolded}
        onClick={() => toggleFolded(group.name)}
        className={`${button} max-w-full`}
      >
        <Fold isFolded={group.isFolded} />
        <span className="order-2 truncate">{group.name}</span>{' '}
        <span className="numbers order-2 font-normal text-muted">{group.count}</span>
        {/* Shown before the name, and read after it. */}
        <span className="order-1 flex">
          <StatusMark verdict={group.worst} />
        </span>
        {wrong.map((verdict) => (
          <span
            key={verdict}
            className="numbers order-2 whitespace-nowrap text-xs font-normal text-muted max-sm:hidden"
          >
            · {group.counts[verdict]} {texts.status[verdict]}
          </span>
        ))}
      </button>
    </h2>
  );
  if (!inTable) return <div className="flex h-[44px] items-end pb-1">{head}</div>;
  return (
    <div role="row" className="flex h-[44px] items-end border-b border-line px-3 pb-1">
      <span role="cell" className="min-w-0">
        {head}
      </span>
    </div>
  );
}

/** Hosts that fail alike, in one line; opens them. */
export function FailureHead({
  failure,
  inTable,
  onToggle,
}: {
  readonly failure: FailureItem;
  readonly inTable: boolean;
  readonly onToggle: (key: string) => void;
}) {
  const head = (
    <button
      type="button"
      data-item={failure.key}
      aria-expanded={!failure.isFolded}
      onClick={() => onToggle(failure.key)}
      className={`${button} w-full text-sm`}
    >
      <Fold isFolded={failure.isFolded} />
      <StatusMark verdict={failure.verdict} />
      <span className="truncate font-medium">{failure.sentence}</span>
      <span className="shrink-0 text-xs text-accent">{failure.isFolded ? failureTexts.show : failureTexts.hide}</span>
    </button>
  );
  if (!inTable) return <div className="flex h-[44px] items-center">{head}</div>;
  return (
    <div role="row" className="flex h-[44px] items-center border-b border-line px-3">
      <span role="cell" className="min-w-0 flex-1">
        {head}
      </span>
    </div>
  );
}
