import { type CloseReason, closeReasons, type MutedBy } from '../../../../../src/model/alerts/incident.ts';
import type { IncidentDetail } from '../../../api/alerts.ts';
import * as format from '../../../format.ts';
import { incidentTexts as words } from '../../../texts/alerts/incidents.ts';
import { type Names, whyQuiet } from '../telling.ts';

type Entry = IncidentDetail['log'][number];

/** What happened to an incident, the newest first: who did what, and who was told. */
export function IncidentLog({ log, names }: { readonly log: readonly Entry[]; readonly names: Names }) {
  return (
    <section className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <h2 className="font-semibold">{words.log}</h2>
      {log.length === 0 ? <p className="text-sm text-muted">{words.logEmpty}</p> : null}
      <ol className="flex flex-col gap-2.5 text-sm">
        {log.toReversed().map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and only grow at the other end
          <li key={log.length - index} className="grid grid-cols-[6.5rem_1fr] gap-x-3">
            <time dateTime={entry.at} title={format.time(entry.at)} className="numbers text-muted">
              {format.shortTime(entry.at)}
            </time>
            <p className="min-w-0 wrap-anywhere">
              <span className={`font-medium ${entry.what === 'failed' ? 'text-bad' : ''}`}>
                {words.logKinds[entry.what]}
              </span>
              {entry.by === '' ? null : ` · ${entry.by}`}
              <LogText entry={entry} names={names} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function LogText({ entry: { what, text }, names }: { readonly entry: Entry; readonly names: Names }) {
  if (text === '') return null;
  const reason = closeReasons.find((one) => one === text) satisfies CloseReason | undefined;
  const shown =
    what === 'closed' && reason
      ? words.reasons[reason]
      : what === 'muted'
        ? // Safe: the server writes there what keeps it quiet; a word that is not known is shown as “muted”.
          whyQuiet(text as MutedBy, names)
        : text;
  return <span className="block whitespace-pre-wrap text-muted">{shown}</span>;
}
