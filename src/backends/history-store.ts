import { join } from 'node:path';
import type { Logger } from 'pino';
import { defaultRetention, type HistoryStore, type HistoryTrouble, type Retention } from '../ports/history-store.ts';
import { openFileHistory } from './history-files.ts';
import { openSwitchedHistory } from './history-switch.ts';

/** Long history, in a folder of its own within the data folder; off until somebody turns it on. `now`: ms since the epoch. */
export function openHistoryStore(dataDir: string, now: () => number, logger: Logger): HistoryStore {
  const folder = join(dataDir, 'history');
  const told = {
    onError: (error: unknown): void => logger.error({ err: error }, 'The thread of history ended'),
    onTrouble: (trouble: HistoryTrouble | null): void => {
      if (trouble) logger.error({ reason: trouble.reason }, trouble.message);
      else logger.info('History is kept again');
    },
  };
  const open = (retention: Retention): HistoryStore => openFileHistory({ folder, retention, now, ...told });
  return openSwitchedHistory({ folder, retention: defaultRetention, open, onError: told.onError });
}
