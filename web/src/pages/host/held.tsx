import { useQuery } from '@tanstack/react-query';
import { holdsQuery } from '../../api/queries.ts';
import { useNow } from '../../components/now.tsx';
import * as format from '../../format.ts';
import { hostTexts } from '../../texts/host.ts';
import { alike, stillHeld } from './still-held.ts';

const words = hostTexts.held;
const againMs = 60_000;
const stepMs = 1_000;

/**
 * What is not tried at a host for now: since when, until when and why. `told`: the messages that the page shows above, which are
 * not said again; asked for anew when they are others.
 */
export function Held({ id, told }: { readonly id: number; readonly told: readonly (string | null | undefined)[] }) {
  const { data } = useQuery({ ...holdsQuery(id, told.join(' ')), refetchInterval: againMs });
  const holds = stillHeld(data?.holds ?? [], useNow(stepMs));
  if (holds.length === 0) return null;
  return (
    <section
      aria-label={words.title}
      className="flex flex-wrap gap-x-4 gap-y-1 rounded-xl border border-line bg-surface px-4 py-2 text-sm"
    >
      <h2 className="font-semibold">{words.title}</h2>
      <ul className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
        {alike(holds).map(({ kinds, since, until, message }) => (
          <li key={kinds.join()}>
            {kinds.map((what) => words.what[what]).join(', ')}
            {told.includes(message) ? '' : `: ${message}`}
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
