import type { Severity } from '../../../../src/model/alerts/severity.ts';
import { alertTexts } from '../../texts/alerts/incidents.ts';

const looks: Readonly<Record<Severity, string>> = { critical: 'text-bad', warning: 'text-warn', info: 'text-muted' };

/** How bad something is, as a shape and a colour, with its word. `isOver`: it was, so it has no colour. */
export function SeverityMark({
  severity,
  isOver = false,
  withWord = false,
}: {
  readonly severity: Severity;
  readonly isOver?: boolean;
  readonly withWord?: boolean;
}) {
  return (
    <span className={`inline-flex items-center gap-1.5 ${isOver ? 'text-faint' : looks[severity]}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3.5 shrink-0">
        {severity === 'critical' ? <path d="M6 .300 11.700 6 6 11.700.300 6Z" fill="currentColor" /> : null}
        {severity === 'warning' ? <path d="M6 .900 11.500 11H.500Z" fill="currentColor" /> : null}
        {severity === 'info' ? (
          <circle cx="6" cy="6" r="4.500" fill="none" stroke="currentColor" strokeWidth="1.500" />
        ) : null}
      </svg>
      <span className={withWord ? 'text-sm font-medium' : 'sr-only'}>{alertTexts.severities[severity]}</span>
    </span>
  );
}
