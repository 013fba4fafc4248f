import { Icon } from '../../../components/icon.tsx';
import { nowTexts as words } from '../../../texts/now.ts';
import type { Wrong } from './wrong.ts';

/** What is wrong with a host now, in words; nothing if nothing is wrong. */
export function WrongList({ wrongs }: { readonly wrongs: readonly Wrong[] }) {
  if (wrongs.length === 0) return null;
  const isBad = wrongs.some((wrong) => wrong.isBad);
  return (
    <section
      aria-label={words.wrong}
      className={`rounded-xl px-4 py-2 text-sm ${isBad ? 'bg-bad-soft' : 'bg-warn-soft'}`}
    >
      <ul className="flex flex-wrap gap-x-6 gap-y-1">
        {wrongs.map(({ text, isBad }) => (
          <li key={text} className="flex min-w-0 gap-2">
            <Icon name="warn" className={`mt-0.5 size-4 ${isBad ? 'text-bad' : 'text-warn'}`} />
            <span className="min-w-0 break-words">{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
