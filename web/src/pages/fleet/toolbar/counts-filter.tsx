import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { Icon } from '../../../components/icon.tsx';
import { useNow } from '../../../components/now.tsx';
import { countsOf } from '../../../components/shell/counts.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import type { Fleet } from '../../../live/fleet.ts';
import { oldStepMs } from '../../../live/old.ts';
import { verdicts } from '../../../live/verdict.ts';
import { texts } from '../../../texts/common.ts';
import { fleetTexts } from '../../../texts/fleet.ts';
import { countFindings } from '../arrange/findings.ts';
import type { FleetSearch, SearchChange } from '../search.ts';

type Props = {
  readonly fleet: Fleet;
  readonly search: FleetSearch;
  readonly onChange: (change: SearchChange) => void;
};

/** How many hosts are how; each count shows those hosts. */
export function StatusFilter({ fleet, search, onChange }: Props) {
  const counts = countsOf(fleet);
  return (
    <div role="group" aria-label={fleetTexts.columns.status} className="flex flex-wrap gap-2">
      <Chip isPressed={search.status === undefined} onPress={() => onChange({ status: undefined })}>
        {fleetTexts.all} <span className="text-muted">{fleet.size}</span>
      </Chip>
      {verdicts.map((verdict) => (
        <Chip
          key={verdict}
          isPressed={search.status === verdict}
          onPress={() => onChange({ status: search.status === verdict ? undefined : verdict })}
        >
          <StatusMark verdict={verdict} />
          {texts.status[verdict]} <span className="text-muted">{counts[verdict]}</span>
        </Chip>
      ))}
    </div>
  );
}

/** What is near its limit and which failures hosts share; each count shows those hosts. Nothing where all is well. */
export function FindingsFilter({ fleet, search, onChange }: Props) {
  const now = useNow(oldStepMs);
  const { findings, failures } = useMemo(() => countFindings(fleet, now), [fleet, now]);
  const isOnlyGone = search.only !== undefined && !findings.some(({ finding }) => finding === search.only);
  if (findings.length + failures.length === 0 && !isOnlyGone) return null;
  return (
    <div role="group" aria-label={fleetTexts.findingsLabel} className="flex flex-wrap gap-2">
      {failures.map(({ key, sentence }) => (
        <Chip
          key={key}
          isPressed={search.why === key}
          onPress={() => onChange({ why: search.why === key ? undefined : key, only: undefined, status: undefined })}
        >
          <Icon name="warn" className="size-3.5 text-bad" />
          <span className="max-w-[70vw] truncate">{sentence}</span>
        </Chip>
      ))}
      {(isOnlyGone && search.only ? [{ finding: search.only, count: 0 }, ...findings] : findings).map(
        ({ finding, count }) => (
          <Chip
            key={finding}
            isPressed={search.only === finding}
            onPress={() =>
              onChange({ only: search.only === finding ? undefined : finding, why: undefined, status: undefined })
            }
          >
            <Icon name="pulse" className="size-3.5 text-warn" />
            {count} {fleetTexts.findings[finding]}
          </Chip>
        ),
      )}
    </div>
  );
}

function Chip({
  isPressed,
  onPress,
  children,
}: {
  readonly isPressed: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={isPressed}
      onClick={onPress}
      className="numbers inline-flex min-w-0 max-w-full items-center gap-2 rounded-full border border-line bg-surface px-3 py-1 text-sm hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft"
    >
      {children}
    </button>
  );
}
