import { duration } from '../../lib/scale.ts';
import type { Differ } from '../differ.ts';
import { linesOf } from '../lines.ts';

type Facts = { readonly seconds: number; readonly bootId: string | null };

/** Clocks of hosts and ours drift, and a system without a boot ID tells whole seconds. */
const slackMs = 300_000;

/** Restarts: another boot ID; without one, a boot that is later than the one before. */
export const boot: Differ<Facts> = {
  name: 'boot',
  section: 'uptime',
  despite: [],
  pick: ({ bootId, seconds }) => bootId ?? seconds,
  diff: (before, { bootId, seconds }, { at }) => {
    const bootedAt = Math.round(at - 1000 * seconds);
    const [id = '', time = ''] = linesOf(before?.kept ?? '');
    const isSame = bootId === null || id === '-' ? Math.abs(bootedAt - Number(time)) <= slackMs : id === bootId;
    if (before !== null && isSame) return { state: before, changes: [], ends: [] };
    const state = { kept: `${bootId ?? '-'}\n${bootedAt}`, pending: '' };
    // A clock that was set back makes the boot earlier, and is no restart.
    if (before === null || (bootId === null && bootedAt < Number(time))) return { state, changes: [], ends: [] };
    const summary = `Restarted ${duration(seconds)} ago`;
    const details = { bootedAt: new Date(bootedAt).toISOString() };
    return {
      state,
      changes: [{ kind: 'reboot', severity: 'warning', summary, subject: 'restart', details }],
      ends: [{ kind: 'reboot-required', subject: 'restart' }],
    };
  },
};
