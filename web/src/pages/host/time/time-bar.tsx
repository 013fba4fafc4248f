import { useState } from 'react';
import { at } from '../../../api/base.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import * as format from '../../../format.ts';
import { historyTexts as words } from '../../../texts/history.ts';
import { hostTexts } from '../../../texts/host.ts';
import { moved } from './moves.ts';
import { OwnSpan } from './own-span.tsx';
import { isRange, type RangeName, ranges } from './search.ts';
import { useTimeKeys } from './time-keys.ts';
import type { Span } from './use-span.ts';

const names = Object.keys(ranges).filter(isRange);
const look =
  'inline-flex min-h-8 items-center gap-1.5 rounded-md px-2 max-sm:px-1.5 text-sm text-muted hover:bg-sunken hover:text-text aria-pressed:bg-accent-soft aria-pressed:text-accent';

type Props = {
  readonly span: Span;
  readonly csvPath: string;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
};

/** The one row of controls over the time that all charts show. */
export function TimeBar({ span, ...tools }: Props) {
  const { range, isZoomed, chosen, zoom, choose } = span;
  useTimeKeys(span);
  return (
    <div
      role="group"
      aria-label={hostTexts.time.label}
      className="-my-1 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1 text-sm"
    >
      <div
        role="group"
        aria-label={words.range}
        className="flex flex-wrap items-center rounded-lg border border-line bg-surface"
      >
        {names.map((name: RangeName) => (
          <button
            key={name}
            type="button"
            aria-pressed={chosen === name && !isZoomed}
            onClick={() => choose(name)}
            className={look}
          >
            {words.ranges[name]}
          </button>
        ))}
        <OwnSpan range={range} isShown={isZoomed} onShow={zoom} className={look} />
      </div>
      {isZoomed ? (
        <span className="flex flex-wrap items-center gap-2">
          <span className="numbers text-muted">
            {format.moment(range.from)} – {format.moment(range.to)}
          </span>
          <Button className="min-h-8 py-0.5" onClick={() => zoom(null)}>
            {words.reset}
          </Button>
        </span>
      ) : (
        <span className="text-muted max-lg:hidden">{hostTexts.time.hint}</span>
      )}
      <div className="flex-1" />
      <Tools span={span} {...tools} />
    </div>
  );
}

/** What can be done with the shown time. */
function Tools({ span, csvPath, isTable, onTable }: Props) {
  const { range, isZoomed, isCompared, isLive, zoom, compare } = span;
  const step = (move: 'earlier' | 'later') => () => zoom(moved(range, move, Date.now() / 1000));
  return (
    <div className="flex flex-wrap items-center">
      <button type="button" aria-label={words.earlier} title={words.earlier} onClick={step('earlier')} className={look}>
        <Icon name="chevron" className="size-4 rotate-180" />
      </button>
      <button
        type="button"
        aria-label={words.later}
        title={words.later}
        disabled={!isZoomed}
        onClick={step('later')}
        className={`${look} disabled:opacity-40`}
      >
        <Icon name="chevron" className="size-4" />
      </button>
      {isLive ? null : (
        <button
          type="button"
          aria-pressed={isCompared}
          title={words.compareHint}
          onClick={() => compare(!isCompared)}
          className={look}
        >
          {words.compare}
        </button>
      )}
      <button
        type="button"
        aria-pressed={isTable}
        title={words.tableHint}
        onClick={() => onTable(!isTable)}
        className={look}
      >
        {words.table}
      </button>
      <a href={at(csvPath)} download title={words.csvHint} className={look}>
        {words.csv}
      </a>
      <CopyLink span={span} />
    </div>
  );
}

/** Copies an address that shows the same time to everybody, also tomorrow. */
function CopyLink({ span: { range, isCompared } }: { readonly span: Span }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const url = new URL(location.pathname, location.origin);
    url.searchParams.set('from', String(Math.floor(range.from)));
    url.searchParams.set('to', String(Math.ceil(range.to)));
    if (isCompared) url.searchParams.set('compare', 'week');
    await navigator.clipboard.writeText(url.href);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 3_000);
  };
  return (
    <button type="button" title={words.linkHint} onClick={() => void copy().catch(() => {})} className={look}>
      <span aria-live="polite">{isCopied ? words.linkCopied : words.link}</span>
    </button>
  );
}
