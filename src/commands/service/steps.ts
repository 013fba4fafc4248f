import { firstSettings, openrcScript, places, type ServiceOptions, systemdUnit } from './units.ts';

/** One thing that installing a service does: write a file, or run a command. */
export type Step =
  | {
      readonly kind: 'write';
      readonly file: string;
      readonly mode: number;
      readonly text: string;
      readonly group: string | null;
    }
  | { readonly kind: 'run'; readonly command: readonly string[] }
  | { readonly kind: 'remove'; readonly file: string };

export type Init = 'systemd' | 'openrc';

/** What is there already, or can be used. */
export type Machine = {
  readonly hasUser: boolean;
  readonly hasSettings: boolean;
  /** Whether there is useradd; otherwise adduser and addgroup of busybox. */
  readonly hasUseradd: boolean;
};

/** Everything that installing does, in order. */
export function installSteps(init: Init, options: ServiceOptions, machine: Machine): readonly Step[] {
  const { user } = options;
  const settings: Step = { kind: 'write', file: places.settings, mode: 0o640, text: firstSettings, group: user };
  const service: readonly Step[] =
    init === 'systemd'
      ? [
          { kind: 'write', file: places.unit, mode: 0o644, text: systemdUnit(options), group: null },
          { kind: 'run', command: ['systemctl', 'daemon-reload'] },
          { kind: 'run', command: ['systemctl', 'enable', 'sonde.service'] },
          { kind: 'run', command: ['systemctl', 'restart', 'sonde.service'] },
        ]
      : [
          { kind: 'write', file: places.openrc, mode: 0o755, text: openrcScript(options), group: null },
          { kind: 'run', command: ['rc-update', 'add', 'sonde', 'default'] },
          { kind: 'run', command: ['rc-service', 'sonde', 'restart'] },
        ];
  return [
    ...(machine.hasUser ? [] : userSteps(user, machine.hasUseradd)),
    ...(machine.hasSettings ? [] : [settings]),
    ...service,
  ];
}

function userSteps(user: string, hasUseradd: boolean): readonly Step[] {
  if (hasUseradd) {
    const options = [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      places.data,
      '--shell',
      '/usr/sbin/nologin',
    ];
    return [{ kind: 'run', command: ['useradd', ...options, user] }];
  }
  return [
    { kind: 'run', command: ['addgroup', '-S', user] },
    { kind: 'run', command: ['adduser', '-S', '-D', '-H', '-h', places.data, '-s', '/sbin/nologin', '-G', user, user] },
  ];
}

/** Everything that removing does. The data, the settings and the user stay. */
export function removeSteps(init: Init): readonly Step[] {
  return init === 'systemd'
    ? [
        { kind: 'run', command: ['systemctl', 'disable', '--now', 'sonde.service'] },
        { kind: 'remove', file: places.unit },
        { kind: 'run', command: ['systemctl', 'daemon-reload'] },
      ]
    : [
        { kind: 'run', command: ['rc-service', '--ifstarted', 'sonde', 'stop'] },
        { kind: 'run', command: ['rc-update', 'del', 'sonde'] },
        { kind: 'remove', file: places.openrc },
      ];
}

/** A step as a person reads it before it is done: a line, and the text of a file. */
export function shownStep(step: Step): readonly string[] {
  if (step.kind === 'run') return [`run    ${step.command.join(' ')}`];
  if (step.kind === 'remove') return [`remove ${step.file}`];
  const owner = step.group === null ? 'root' : `root, group ${step.group}`;
  const head = `write  ${step.file} (mode ${step.mode.toString(8).padStart(4, '0')}, ${owner}):`;
  return [
    head,
    ...step.text
      .trimEnd()
      .split('\n')
      .map((line) => `       | ${line}`.trimEnd()),
  ];
}
