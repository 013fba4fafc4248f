import { useEffect, useState } from 'react';
import { Icon } from '../../../components/icon.tsx';
import { fleetTexts } from '../../../texts/fleet.ts';

const typingMs = 150;

/** Searches while somebody types. */
export function SearchField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), typingMs);
    return () => clearTimeout(timer);
  });
  return (
    <label className="relative min-w-0 flex-1 basis-20 sm:min-w-44 sm:max-w-80">
      <span className="sr-only">{fleetTexts.search}</span>
      <Icon name="search" className="pointer-events-none absolute left-2.5 top-2.5 size-4 text-faint" />
      <input
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={fleetTexts.searchHint}
        aria-keyshortcuts="/"
        className="min-h-9 w-full min-w-0 rounded-lg border border-line bg-surface px-2.5 pl-8 text-sm"
      />
    </label>
  );
}
