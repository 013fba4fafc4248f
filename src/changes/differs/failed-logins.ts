import { type Differ, plain } from '../differ.ts';
import { linesOf } from '../lines.ts';

type Login = { readonly user: string; readonly ip: string; readonly time: string };
type Facts = { readonly failedLogins: readonly Login[] };

const many = 20;
const withinMs = 10 * 60_000;
/** So long without a burst ends one. */
const calmMs = 60 * 60_000;

/**
 * Bursts of failed logins: 20 within ten minutes. One that goes on is told once, however long it lasts; it is over after an hour
 * without. What is kept: since when one lasts; what is pending: when it was last seen.
 */
export const failedLogins: Differ<Facts> = {
  name: 'failed-logins',
  section: 'login_stats',
  despite: [],
  pick: (facts) => facts.failedLogins,
  diff: (before, { failedLogins: all }, { at }) => {
    const burst = burstOf(all);
    const since = linesOf(before?.kept ?? '')[0];
    const lastSeen = Number(before?.pending || since || 0);
    const goesOn = since !== undefined && at - lastSeen < calmMs;
    const isRecent = burst.length >= many && Date.parse(burst[0]?.time ?? '') > at - calmMs;
    if (!isRecent) return { state: goesOn && before ? before : { kept: '', pending: '' }, changes: [], ends: [] };
    const state = { kept: goesOn ? since : String(at), pending: String(at) };
    if (before === null || goesOn) return { state, changes: [], ends: [] };
    const [user, address] = [mostOf(burst, (one) => one.user), mostOf(burst, (one) => one.ip)];
    const summary = `At least ${burst.length} failed logins within 10 minutes, most as ${plain(user, 64) || 'nobody'} from ${plain(address, 100)}`;
    const details = { atLeast: burst.length, user: plain(user, 64), address: plain(address, 100) };
    return {
      state,
      changes: [{ kind: 'failed-logins', severity: 'info', summary, subject: 'logins', details }],
      ends: [],
    };
  },
};

/** The failed logins within ten minutes before the newest, or before the newest of many. The newest first. */
function burstOf(all: readonly Login[]): readonly Login[] {
  const times = all.map(({ time }) => Date.parse(time));
  for (let first = 0; first + many <= all.length; first += 1) {
    const begin = times[first] ?? Number.NaN;
    const within = times.findLastIndex((time) => begin - time <= withinMs) + 1;
    if (within - first >= many) return all.slice(first, within);
  }
  return [];
}

function mostOf(logins: readonly Login[], read: (login: Login) => string): string {
  const counts = new Map<string, number>();
  for (const login of logins) counts.set(read(login), (counts.get(read(login)) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0] as const)[0];
}
