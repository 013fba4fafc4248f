import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LiveSnapshot } from '../../../../../src/http/views/live.ts';
import { meQuery } from '../../../api/queries.ts';
import * as format from '../../../format.ts';
import { useLive } from '../../../live/use-live.ts';
import { texts } from '../../../texts/common.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';

type Day = LiveSnapshot['footprint']['today'];

const words = hostTexts.footprint;

/** What watching costs the host, today beside the day before. */
export function FootprintSection({ id }: { readonly id: number }) {
  const { data: me } = useQuery(meQuery);
  const footprint = useLive((state) => state.footprints.get(id));
  if (!footprint) return null;
  const { today, yesterday } = footprint;
  return (
    <Section name="footprint">
      <table className="w-full border-collapse text-sm wrap-anywhere">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            <th scope="col" className="py-1.5 pr-4 text-left font-medium">
              {words.what}
            </th>
            <th scope="col" className="numbers py-1.5 text-right font-medium">
              {words.since(format.time(today.since))}
            </th>
            {yesterday ? (
              <th scope="col" className="numbers py-1.5 pl-4 text-right font-medium">
                {yesterday.day}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, read]) => (
            <tr key={name} className="border-b border-line last:border-0">
              <th scope="row" className="py-1.5 pr-4 text-left font-normal">
                {name}
              </th>
              <td className="numbers py-1.5 text-right">{read(today)}</td>
              {yesterday ? <td className="numbers py-1.5 pl-4 text-right text-muted">{read(yesterday)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
      {today.connectionReasons.length > 0 ? (
        <ul aria-label={words.reasons} className="flex flex-col gap-1 text-sm text-muted">
          {today.connectionReasons.map(({ why, after, count }) => (
            <li key={`${why} ${after}`}>
              {words.times(count)} {words.why[why]}
              {after === null ? '' : ` ${after}`}
            </li>
          ))}
        </ul>
      ) : null}
      <p className="text-xs text-faint">{words.note}</p>
      {me?.is_admin ? (
        <Link
          to="/settings/$section"
          params={{ section: 'audit' }}
          search={{ host: id }}
          className="text-sm text-accent underline"
        >
          {words.audit}
        </Link>
      ) : null}
    </Section>
  );
}

const rows: readonly (readonly [name: string, read: (day: Day) => string])[] = [
  [words.connections, (day) => format.number(day.connections)],
  [words.logins, (day) => format.number(day.logins)],
  [words.refusedLogins, (day) => format.number(day.refusedLogins)],
  [words.pings, (day) => format.number(day.pings)],
  [words.samples, (day) => format.number(day.samples)],
  [words.received, (day) => format.bytes(day.receivedBytes)],
  [words.sent, (day) => format.bytes(day.sentBytes)],
  [words.cpu, (day) => (day.hostCpuSeconds === null ? texts.unknown : `${format.number(day.hostCpuSeconds)} s`)],
  [words.logLines, (day) => format.number(day.logLines)],
];
