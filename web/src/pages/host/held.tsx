import { useQuery } from '@tanstack/react-query';
import { holdsQuery } from '../../api/queries.ts';
import * as format from '../../format.ts';
import { hostTexts } from '../../texts/host.ts';

const words = hostTexts.held;
const againMs = 60_000;

/** What is not tried at a host for now: since when, until when and why. `trouble`: asked for anew when it is another. */
export function Held({ id, trouble }: { readonly id: number; readonly trouble: string }) {
  const { data } = useQuery({ ...holdsQuery(id, trouble), refetchInterval: againMs });
  const holds = data?.holds ?? [];
  if (holds.length === 0) return null;
  return (
    <section aria-label={words.title} className="flex flex-col gap-2 rounded-xl border border-line bg-surface p-4">
      <h2 className="font-semibold">{words.title}</h2>
      <ul className="flex flex-col gap-2 text-sm">
        {holds.map(({ what, since, until, failure }) => (
          <li key={what}>
            {words.what[what]}: {failure.message}
            <span className="block text-muted">
              {words.since(format.time(since))}
              {'; '}
              {until === null ? words.untilPerson : words.until(format.time(until))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
