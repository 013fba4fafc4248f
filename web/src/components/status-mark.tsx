import type { Verdict } from '../live/verdict.ts';
import { texts } from '../texts/common.ts';

const looks: Readonly<Record<Verdict, string>> = {
  online: 'text-good',
  offline: 'text-bad',
  trouble: 'text-warn',
  stale: 'text-warn',
  unknown: 'text-faint',
};

/** A host's status as a shape and a colour, with its word: filled is up, crossed is down, a ring is not known, a broken line is cut off. */
export function StatusMark({ verdict, withWord = false }: { readonly verdict: Verdict; readonly withWord?: boolean }) {
  return (
    <span className={`inline-flex items-center gap-1.5 ${looks[verdict]}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3 shrink-0">
        {verdict === 'online' ? <circle cx="6" cy="6" r="4.500" fill="currentColor" /> : null}
        {verdict === 'unknown' ? (
          <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.500" />
        ) : null}
        {verdict === 'offline' ? (
          <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2.600" strokeLinecap="round" />
        ) : null}
        {verdict === 'stale' ? (
          <path d="M1 6h3.500M7.500 6h3.500M5 2.500l2 7" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        ) : null}
        {verdict === 'trouble' ? <path d="M6 1.200 11.300 10.800H.700Z" fill="currentColor" /> : null}
      </svg>
      <span className={withWord ? 'text-sm font-medium' : 'sr-only'}>{texts.status[verdict]}</span>
    </span>
  );
}
