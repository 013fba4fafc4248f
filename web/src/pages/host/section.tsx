import { createContext, type ReactNode, use } from 'react';
import { Icon } from '../../components/icon.tsx';
import { Age } from '../../components/now.tsx';
import { hostTexts } from '../../texts/host.ts';
import { rightsTexts } from '../../texts/host-details/rights.ts';
import { LacksRoot } from './rights/rights.ts';
import type { Snapshot } from './snapshot.ts';
import { useListed } from './tabs/listed.ts';

type Name = keyof typeof hostTexts.sections;
/** A section of the page's own texts, or one that the server names. */
type Named = { readonly name: Name; readonly title?: never } | { readonly name: string; readonly title: string };

/** One part of a host: how old it is and where it is from, why it is missing and what would permit it. */
export function Section({
  name,
  title,
  section,
  source,
  part,
  extra,
  children,
  className = '',
}: Named & {
  readonly section?: Snapshot['sections'][string] | undefined;
  /** Where it is from, when that is another file than the collector's first; that one's error is then not shown here. */
  readonly source?: string;
  /** Which part of the section this is, where its parts are read at different times. */
  readonly part?: string;
  /** Choices in the head, such as which interface. */
  readonly extra?: ReactNode;
  readonly children?: ReactNode;
  readonly className?: string;
}) {
  const id = `section-${name}`;
  const heading = title ?? hostTexts.sections[name as Name];
  useListed(id, heading);
  const at = (part === undefined ? null : section?.parts?.[part]) ?? section?.collectedAt ?? null;
  const from = source ?? section?.source;
  // What was never read has a reason and nothing else.
  const isAbsent = section?.error != null && section.collectedAt === null;
  const error = isAbsent || source === undefined ? section?.error : null;
  return (
    <section
      aria-labelledby={id}
      className={`@container flex min-w-0 scroll-mt-30 flex-col gap-2 rounded-xl border border-line bg-surface p-4 ${className}`}
    >
      <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="font-semibold">
          {heading}
        </h2>
        <div className="flex-1" />
        {isAbsent ? null : extra}
        {section && (section.collectedAt || !section.error) ? (
          <p className="text-xs text-faint" title={from ? `${hostTexts.source}: ${from}` : undefined}>
            {at ? (
              <>
                <Age at={at} /> {hostTexts.ago}
                {from ? (
                  <span className="@max-sm:hidden" title={hostTexts.source}>
                    {' '}
                    · {from}
                  </span>
                ) : null}
              </>
            ) : (
              hostTexts.never
            )}
          </p>
        ) : null}
      </header>
      {error ? <SectionError name={name} error={error} /> : null}
      {isAbsent ? null : <HasError value={error != null}>{children}</HasError>}
      {section?.leftOut && !isAbsent ? (
        <p className="text-xs text-faint">
          {hostTexts.leftOut(Object.values(section.leftOut).reduce((sum, more) => sum + more, 0))}
        </p>
      ) : null}
    </section>
  );
}

function SectionError({
  name,
  error,
}: {
  readonly name: string;
  readonly error: { readonly reason: string; readonly message: string; readonly hint: string };
}) {
  const isMissing = error.reason === 'not-installed';
  const { names, isExplained } = use(LacksRoot);
  const lacksRoot = names.has(name);
  return (
    <div
      className={`flex gap-2.5 rounded-lg px-3 py-2 text-sm ${isMissing ? 'bg-sunken text-muted' : 'bg-warn-soft text-warn'}`}
    >
      <Icon name={isMissing ? 'info' : 'warn'} className="mt-0.5 size-4" />
      <div className="min-w-0">
        {isExplained && names.get(name) ? null : <p>{error.message}</p>}
        {lacksRoot ? (
          isExplained ? (
            <a href="#rights" className="underline">
              {rightsTexts.needsRoot}
            </a>
          ) : null
        ) : error.hint ? (
          <p className="break-words text-text">{error.hint}</p>
        ) : null}
      </div>
    </div>
  );
}

const HasError = createContext(false);

/** What stands where a section has nothing to show. Where it could not be read in full, nobody knows whether there is nothing. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  if (use(HasError)) return null;
  return <p className="py-2 text-sm text-faint">{children}</p>;
}
