/** `sonde install-service` on a machine whose first process is systemd. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installInto } from '../support/installed.ts';
import { requireRig } from '../support/rig.ts';
import { type SystemdHost, startSystemdHost } from '../support/systemd-host.ts';

/** Each starts Sonde again, which takes long where other tests do so too. */
const patient = { timeout: 180_000 };
let host: SystemdHost;
const keyFile = '/etc/sonde/sealing.key';
const settings = 'etc/sonde/sonde.env';
const unit = 'etc/systemd/system/sonde.service';
const health = `node -e 'fetch("http://127.0.0.1:8080/health").then((a) => a.json()).then(({ status }) => console.log(status))'`;

beforeAll(async () => {
  requireRig('nsenter');
  host = await startSystemdHost();
  await installInto(host.root);
  // Systemd leaves sharing mounts to whoever made a container, and shares those of credentials itself.
  host.run('mount --make-rshared /; mkdir /etc/sonde; ln -s /opt/sonde/bin/sonde /usr/local/bin/sonde');
  writeFileSync(join(host.root, keyFile), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
}, 120_000);

afterAll(async () => {
  await host?.stop();
});

/** What systemd says of the service. */
function state(...names: readonly string[]): readonly string[] {
  const shown = host.run(`systemctl show sonde ${names.map((name) => `-p ${name}`).join(' ')}`);
  const values = new Map(shown.split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
  return names.map((name) => values.get(name) ?? '');
}

const log = (): string => host.run('journalctl -u sonde -o cat --no-pager');

test(
  'installed, it runs as its own user with the key of a credential, and systemd knew when it was ready',
  patient,
  () => {
    const said = host.run(`sonde install-service --yes --key-file ${keyFile}`);
    expect(said).toContain('Sonde runs, also after a restart of this machine.');
    // The command waited until Sonde said so, and does not wait before it asks here.
    expect(host.run(health)).toBe('ok\n');
    expect(state('ActiveState', 'SubState', 'User', 'Type', 'UnitFileState', 'NRestarts')).toEqual([
      'active',
      'running',
      'sonde',
      'notify',
      'enabled',
      '0',
    ]);
    const [pid] = state('MainPID');
    expect(host.run(`ps -o user= -p ${pid}`)).toBe('sonde\n');
    expect(host.run('stat -c "%U %a" /var/lib/sonde')).toBe('sonde 700\n');
    // The key stays where root put it, and the service alone sees its copy.
    expect(existsSync(join(host.root, 'var/lib/sonde/sealing.key'))).toBe(false);
    expect(host.run(`cat /proc/${pid}/root/run/credentials/sonde.service/sealing.key`)).toBe(`${'ab'.repeat(32)}\n`);
    const key = /The sealing key (\w+) from the settings opens the stored secrets/;
    expect(host.run(`SONDE_DATA_DIR=/var/lib/sonde SONDE_SEALING_KEY_FILE=${keyFile} sonde doctor || true`)).toMatch(
      key,
    );
  },
);

test('systemd finds no fault in the unit as it is installed, and that it is closed', () => {
  expect(host.run('systemd-analyze verify --man=no /etc/systemd/system/sonde.service 2>&1')).toBe('');
  const closed = host.run('systemd-analyze security --no-pager sonde.service | tail -1');
  const [, exposure = '10'] = /exposure level for sonde\.service: ([\d.]+)/.exec(closed) ?? [];
  expect(Number(exposure)).toBeLessThan(2);
  const [pid] = state('MainPID');
  // What the sandbox promises, tried from inside it.
  const inside = `nsenter -t ${pid} -m --`;
  expect(
    host.run(`${inside} sh -c 'touch /usr/x /etc/x /var/x 2>&1; true'`).match(/Read-only file system/g),
  ).toHaveLength(3);
  expect(host.run(`grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/${pid}/status`)).toBe(
    'CapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n',
  );
});

test(
  'a reload changes the log level, and a kill and a hang are followed by a restart with the same data',
  patient,
  async () => {
    const [pid] = state('MainPID');
    writeFileSync(join(host.root, settings), 'SONDE_LOG_LEVEL=debug\n');
    host.run('systemctl reload sonde');
    await expect.poll(log).toContain('"logLevel":"debug"');
    expect(state('MainPID', 'ActiveState')).toEqual([pid, 'active']);

    const quick = '[Service]\nRestartSec=100ms\nWatchdogSec=5s\nTimeoutAbortSec=1s\n';
    host.run(`mkdir -p /${unit}.d; printf '${quick}' >/${unit}.d/quick.conf; systemctl daemon-reload`);
    // A busy machine may restart it once more than it is killed here, so what counts is that another process took its place.
    const runsAs = (): string => state('ActiveState', 'MainPID').join(' ');
    const replaced = async (before: string): Promise<void> => {
      await expect.poll(runsAs).toMatch(new RegExp(`^active (?!0$|${before}$)`));
      await expect.poll(() => host.run(`${health} 2>&1 || true`)).toContain('ok\n');
    };
    host.run('systemctl kill -s KILL sonde');
    await replaced(pid ?? '');

    // It says that it works, again and again; stopped, it no longer does.
    const beat = (): number => Number(state('WatchdogTimestampMonotonic')[0]);
    const first = beat();
    await expect.poll(beat).toBeGreaterThan(first);
    const [second] = state('MainPID');
    host.run('systemctl kill -s STOP sonde');
    await expect.poll(log).toContain('Watchdog timeout');
    await replaced(second ?? '');
  },
);

test('installing again keeps the key and the settings; removing leaves the data', patient, () => {
  expect(host.run('sonde install-service --yes')).not.toContain('useradd');
  expect(host.run(`cat /${unit} /${settings}`)).toMatch(
    /LoadCredential=sealing\.key:\/etc\/sonde\/sealing\.key[\s\S]*SONDE_LOG_LEVEL=debug/,
  );
  expect(state('ActiveState')).toEqual(['active']);
  host.run('sonde install-service --remove --yes');
  expect(existsSync(join(host.root, unit))).toBe(false);
  expect(host.run('systemctl is-active sonde || true')).toBe('inactive\n');
  expect(statSync(join(host.root, 'var/lib/sonde/sonde.db')).size).toBeGreaterThan(0);
});
