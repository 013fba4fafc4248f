import type { ReactNode } from 'react';

/** How a field within a sentence looks. */
export const box =
  'min-h-9 min-w-0 max-w-full rounded-lg border border-line-strong bg-surface px-2 text-base sm:text-sm';

/** A part of the sentence that stays together. */
export function Line({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2 text-sm">{children}</div>;
}

/** A number within the sentence, as it is typed. */
export function Value({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <input
      aria-label={label}
      value={value}
      inputMode="decimal"
      autoComplete="off"
      onChange={(event) => onChange(event.target.value)}
      className={`${box} numbers w-20 text-right`}
    />
  );
}
