import type { Change } from './differ.ts';

/** A start after a longer pause is told as an absence. */
const awayMs = 5 * 60_000;

/** What happened to Sonde itself. `ranUntil`: when it last ran; null: never before. Times are ms since the epoch. */
export function ownEvent(what: 'started' | 'stopped', ranUntil: number | null = null, now = 0): Change {
  const subject = 'sonde';
  if (what === 'stopped')
    return { kind: 'sonde-stopped', severity: 'info', summary: 'Sonde was stopped', subject, details: {} };
  const away = ranUntil === null ? 0 : now - ranUntil;
  if (away < awayMs)
    return { kind: 'sonde-started', severity: 'info', summary: 'Sonde was started', subject, details: {} };
  const minutes = Math.round(away / 60_000);
  const long = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
  const summary = `Sonde was started, and was away for ${long}: what changed then is seen only now`;
  return { kind: 'sonde-away', severity: 'info', summary, subject, details: { awaySeconds: Math.round(away / 1000) } };
}
