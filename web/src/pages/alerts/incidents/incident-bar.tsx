import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { serverNow } from '../../../live/clock.ts';
import { incidentsTexts, incidentTexts } from '../../../texts/alerts/incidents.ts';
import { actOn, type IncidentAct, inHours, type Progress } from './act.ts';

const hours = [1, 8] as const;

/** How many incidents are selected, and what can be done to them at once; nothing while none is. */
export function IncidentBar({
  ids,
  shown,
  onSelect,
}: {
  readonly ids: readonly number[];
  /** All open ones that were loaded. */
  readonly shown: readonly number[];
  readonly onSelect: (ids: readonly number[]) => void;
}) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  if (ids.length === 0 && progress === null) return null;
  const run = async (act: IncidentAct): Promise<void> => {
    setIsBusy(true);
    const end = await actOn(ids, act, setProgress);
    setIsBusy(false);
    setProgress(end.failed > 0 ? end : null);
    onSelect([]);
  };
  return (
    <div className="sticky bottom-3 z-20 flex justify-center">
      <div
        role="toolbar"
        aria-label={incidentsTexts.bar}
        className="flex max-w-full flex-wrap items-center gap-1 rounded-xl border border-line-strong bg-surface p-1.5 shadow-raised"
      >
        <span role="status" className="numbers px-2 text-sm font-semibold">
          {isBusy && progress
            ? incidentsTexts.working(progress.done, progress.all)
            : progress?.error
              ? incidentsTexts.someFailed(progress.failed, progress.error)
              : incidentsTexts.selected(ids.length)}
        </span>
        {ids.length === 0 ? null : (
          <>
            {shown.length > ids.length ? (
              <Button look="quiet" onClick={() => onSelect(shown)}>
                {incidentsTexts.selectShown(shown.length)}
              </Button>
            ) : null}
            <Button busy={isBusy} className="px-2.5" onClick={() => void run({ what: 'acknowledge' })}>
              {incidentTexts.acknowledge}
            </Button>
            {hours.map((count) => (
              <Button
                key={count}
                busy={isBusy}
                className="px-2.5"
                onClick={() => void run({ what: 'silence', until: inHours(count, serverNow()), reason: '' })}
              >
                {incidentTexts.silenceHours(count)}
              </Button>
            ))}
          </>
        )}
        <button
          type="button"
          aria-label={incidentsTexts.clearSelection}
          title={incidentsTexts.clearSelection}
          onClick={() => {
            setProgress(null);
            onSelect([]);
          }}
          className="rounded-lg p-2 text-muted hover:bg-sunken"
        >
          <Icon name="close" className="size-4" />
        </button>
      </div>
    </div>
  );
}
