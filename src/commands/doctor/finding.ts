/** What one check found. `todo`: what to do about it; empty if nothing is wrong. */
export type Finding = {
  readonly area:
    | 'version'
    | 'settings'
    | 'folder'
    | 'disk'
    | 'clock'
    | 'key'
    | 'database'
    | 'service'
    | 'channel'
    | 'destination'
    | 'heartbeat';
  readonly state: 'ok' | 'warning' | 'problem';
  readonly message: string;
  readonly todo: string;
};

type Area = Finding['area'];

export const ok = (area: Area, message: string): Finding => ({ area, state: 'ok', message, todo: '' });

export const warning = (area: Area, message: string, todo: string): Finding => ({
  area,
  state: 'warning',
  message,
  todo,
});

export const problem = (area: Area, message: string, todo: string): Finding => ({
  area,
  state: 'problem',
  message,
  todo,
});
