import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTitle } from '../../components/use-title.ts';
import { useView } from '../../live/use-live.ts';
import { alertTexts } from '../../texts/alerts/incidents.ts';

const parts = ['incidents', 'changes', 'rules', 'channels', 'quiet'] as const;
export type AlertsPart = (typeof parts)[number];

/** What the pages of alerts have in common: their title, and the way between them. */
export function AlertsFrame({ part, children }: { readonly part: AlertsPart; readonly children: ReactNode }) {
  const title = alertTexts.parts[part];
  useTitle(title);
  useView({ hosts: [], watch: [] });
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <h1 className="text-2xl font-semibold">{title}</h1>
        <nav aria-label={alertTexts.partsLabel} className="-mx-1 flex max-w-full flex-wrap gap-0.5 px-1 py-0.5">
          {parts.map((one) => (
            <Link
              key={one}
              to={`/alerts/${one}`}
              activeOptions={{ exact: true, includeSearch: false }}
              className="whitespace-nowrap rounded-lg px-2.5 py-1.5 text-sm text-muted hover:bg-sunken aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
            >
              {alertTexts.parts[one]}
            </Link>
          ))}
        </nav>
      </div>
      {children}
    </div>
  );
}
