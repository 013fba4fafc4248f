/** What a line of a connection log is about. */
export const logStages = [
  'dns',
  'tcp',
  'proxy',
  'jump',
  'handshake',
  'hostkey',
  'auth',
  'totp',
  'connected',
  'stats_connecting',
  'stats_polling',
] as const;

/** One line of a connection log, as clients of the contract show it. */
export type LogEntry = {
  readonly type: 'info' | 'success' | 'warning' | 'error';
  readonly stage: (typeof logStages)[number];
  readonly message: string;
  readonly timestamp: string;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
};

/** Writes to a connection log; passed to everything that happens on the route to a host. */
export type Log = (
  type: LogEntry['type'],
  stage: LogEntry['stage'],
  message: string,
  details?: LogEntry['details'],
) => void;
