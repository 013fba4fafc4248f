import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { installSteps, removeSteps, shownStep } from './steps.ts';
import { firstSettings, installedWith, openrcScript, systemdUnit } from './units.ts';

const options = { node: '/usr/bin/node', program: '/opt/sonde/bin/sonde', user: 'sonde', keyFile: null };
const bare = { hasUser: false, hasSettings: false, hasUseradd: true };

const commands = (steps: ReturnType<typeof installSteps>): readonly string[] =>
  steps.map((step) => shownStep(step)[0]?.replace(/\s+/g, ' ') ?? '');

test('a new machine gets a user, settings and the service, in this order', () => {
  expect(commands(installSteps('systemd', options, bare))).toEqual([
    'run useradd --system --user-group --no-create-home --home-dir /var/lib/sonde --shell /usr/sbin/nologin sonde',
    'write /etc/sonde/sonde.env (mode 0640, root, group sonde):',
    'write /etc/systemd/system/sonde.service (mode 0644, root):',
    'run systemctl daemon-reload',
    'run systemctl enable sonde.service',
    'run systemctl restart sonde.service',
  ]);
  expect(commands(installSteps('openrc', options, { ...bare, hasUseradd: false })).slice(0, 2)).toEqual([
    'run addgroup -S sonde',
    'run adduser -S -D -H -h /var/lib/sonde -s /sbin/nologin -G sonde sonde',
  ]);
});

test('installing again, as after an upgrade, keeps the user and the settings', () => {
  const again = commands(installSteps('openrc', options, { hasUser: true, hasSettings: true, hasUseradd: true }));
  expect(again).toEqual([
    'write /etc/init.d/sonde (mode 0755, root):',
    'run rc-update add sonde default',
    'run rc-service sonde restart',
  ]);
  expect(commands(removeSteps('systemd'))).toContain('remove /etc/systemd/system/sonde.service');
  // A service that does not run cannot be stopped, and is removed all the same.
  expect(commands(removeSteps('openrc'))[0]).toBe('run rc-service --ifstarted sonde stop');
});

test('the script for OpenRC is one that a shell can read, with and without a key of its own', () => {
  for (const keyFile of [null, '/etc/sonde/sealing.key']) {
    const script = openrcScript({ ...options, keyFile });
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(script.includes('SONDE_SEALING_KEY_FILE')).toBe(keyFile !== null);
  }
});

test('the settings that a service begins with change nothing', () => {
  expect(firstSettings.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});

test('installing again finds the user and the key of before, and tells what somebody else wrote', () => {
  for (const keyFile of [null, '/etc/sonde/sealing.key'])
    for (const text of [systemdUnit, openrcScript].map((make) => make({ ...options, user: 'watcher', keyFile })))
      expect(installedWith(text)).toEqual({ user: 'watcher', keyFile });
  expect(installedWith('[Service]\nUser=ann\nExecStart=/opt/my-sonde\n')).toBeNull();
});
