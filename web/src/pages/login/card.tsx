import type { ReactNode } from 'react';
import { Logo } from '../../components/logo.tsx';
import { texts } from '../../texts/common.ts';

/** The one card of the pages before a login. */
export function Card({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly children: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 p-5">
      <div className="flex items-center gap-3">
        <Logo className="size-10" />
        <div>
          <p className="text-lg font-semibold leading-tight">{texts.name}</p>
          <p className="text-xs text-muted">{texts.tagline}</p>
        </div>
      </div>
      <section className="flex flex-col gap-4 rounded-2xl border border-line bg-surface p-5 shadow-raised">
        <h1 className="text-xl font-semibold">{title}</h1>
        {lead ? <p className="-mt-2 text-sm text-muted">{lead}</p> : null}
        {children}
      </section>
    </main>
  );
}
