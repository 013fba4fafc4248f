import type { ReactNode } from 'react';

/** A name with its value; null: the host does not report it, so that it is left out. */
export type Fact = readonly [name: string, value: ReactNode, note?: string];

/** Values under their names, as many beside each other as there is room for. */
export function FactsList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="grid gap-x-8 gap-y-1.5 text-sm @md:grid-cols-2 @3xl:grid-cols-3">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value, note]) => (
          <div key={name} className="flex min-w-0 items-baseline justify-between gap-3" title={note}>
            <dt className="min-w-0 text-muted">{name}</dt>
            <dd className="numbers shrink-0 text-right">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
