/** What the Debian package does on a Debian: for `npm test` on the trees that it has, and for `npm run test:packages`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'vitest';
import { type Machine, startMachine } from './machine.ts';
import { waitFor } from './rig.ts';

const cache = resolve(import.meta.dirname, '../../.cache');

/** As Debian names this machine's processor. */
export const debianArchitecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

const oldName = 'old.deb';

/** dpkg, which here need not wait until the disk has everything. */
const dpkg = (args: string): string => `dpkg --force-unsafe-io ${args}`;

/** A Debian with the package in /mnt, and an older one made from it. */
async function machineWith(deb: string, tree: string, systemd: boolean): Promise<Machine> {
  if (process.getuid?.() !== 0) throw new Error('this test needs root');
  if (!existsSync(join(tree, 'usr/bin/dpkg')))
    throw new Error(`There is no Debian in ${tree}: run \`node scripts/setup.cjs test\`, or \`packages\`, as root`);
  const folder = dirname(deb);
  if (!existsSync(join(folder, oldName))) older(deb, join(folder, oldName));
  return startMachine(tree, folder, { systemd });
}

function older(deb: string, to: string): void {
  const work = mkdtempSync(join(tmpdir(), 'sonde-older-'));
  try {
    execFileSync('dpkg-deb', ['-R', deb, work]);
    const control = join(work, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, 'Version: 0.0.1'));
    execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '-b', work, to], { stdio: 'ignore' });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const packaged = (deb: string): string => `'/mnt/${deb.slice(deb.lastIndexOf('/') + 1)}'`;
const modes = 'stat -c "%a %U %G %n" /etc/sonde/sonde.env /var/lib/sonde';
const expectedModes = '640 root sonde /etc/sonde/sonde.env\n700 sonde sonde /var/lib/sonde';
const key = 'cat /var/lib/sonde/sealing.key';

/** The files of a Debian that scripts/setup.cjs has built. */
export const treeOf = (name: string): string => join(cache, name);

/** With systemd as the first process of the machine. */
export async function runsAsService(deb: string, tree: string): Promise<void> {
  await using machine = await machineWith(deb, tree, true);
  const { run, print } = machine;
  const isActive = async (): Promise<string> => (await run('systemctl is-active sonde')).out.trim();
  await print(dpkg(`-i /mnt/${oldName}`));
  expect(await print('systemctl is-enabled sonde')).toBe('enabled');
  expect(await isActive()).toBe('active');
  expect(await print('sonde health')).toBe('Sonde runs, and answers at http://127.0.0.1:8080/health');
  expect(await print('stat -c %U /proc/$(systemctl show -P MainPID sonde)')).toBe('sonde');
  expect(await print(modes)).toBe(expectedModes);
  expect(await print('journalctl -u sonde')).toContain('Sonde is at http://127.0.0.1:8080');
  const sealingKey = await print(key);

  // An upgrade keeps the settings and the data, and the new version runs.
  await print('echo SONDE_PORT=8181 >>/etc/sonde/sonde.env; touch /etc/sonde/own.key');
  await print(dpkg(`-i ${packaged(deb)}`));
  expect(await isActive()).toBe('active');
  expect(await print('sonde health')).toBe('Sonde runs, and answers at http://127.0.0.1:8181/health');
  expect(await print(key)).toBe(sealingKey);
  expect(await print('runuser -u sonde -- sonde backup /tmp/copy.tar && tar -tf /tmp/copy.tar')).toContain('sonde.db');
  const again = await run('/usr/bin/sonde install-service --yes');
  expect(again).toMatchObject({ code: 2, out: expect.stringContaining('The Debian package') });

  // What an administrator switched off stays off, and what cannot start keeps no upgrade from ending.
  await print('systemctl disable --now sonde');
  await print(dpkg(`-i ${packaged(deb)}`));
  expect(await isActive()).toBe('inactive');
  await print('echo SONDE_PORT=none >>/etc/sonde/sonde.env; systemctl enable sonde');
  expect(await print(dpkg(`-i ${packaged(deb)}`))).toContain('The service does not start');
  await print("sed -i '$d' /etc/sonde/sonde.env; systemctl reset-failed sonde; systemctl start sonde");

  const process_ = await print('systemctl show -P MainPID sonde');
  await print(dpkg('-r sonde'));
  expect((await run(`test -e /proc/${process_}`)).code).toBe(1);
  expect(await print(key)).toBe(sealingKey);
  expect(await print('tail -n 1 /etc/sonde/sonde.env')).toBe('SONDE_PORT=8181');
  await isGone(machine);
}

/** With the sealing key outside of the data folder, as docs/run-for-good.md describes it. */
export async function takesKeyAsCredential(deb: string, tree: string): Promise<void> {
  await using machine = await machineWith(deb, tree, true);
  const { print } = machine;
  await print(dpkg(`-i ${packaged(deb)}`));
  const unit = '/etc/systemd/system/sonde.service.d/override.conf';
  const lines = [
    '[Service]',
    'LoadCredential=sealing.key:/etc/sonde/sealing.key',
    'Environment=SONDE_SEALING_KEY_FILE=%d/sealing.key',
  ];
  await print(`mv /var/lib/sonde/sealing.key /etc/sonde; chown root:root /etc/sonde/sealing.key; mkdir -p ${dirname(unit)}
    for line in ${lines.map((line) => `'${line}'`).join(' ')}; do echo "$line"; done >${unit}
    systemctl daemon-reload; systemctl restart sonde`);
  expect(await print('sonde health')).toContain('Sonde runs');
  expect(await print('ls /var/lib/sonde')).not.toContain('sealing.key');
  const doctor = await machine.run('SONDE_SEALING_KEY_FILE=/etc/sonde/sealing.key sonde doctor');
  expect(doctor.out).toContain('0 wrong');
}

/** Without systemd, as in a chroot or an image that is only being made. */
export async function installsAndRemoves(deb: string, tree: string): Promise<void> {
  await using machine = await machineWith(deb, tree, false);
  const { run, print } = machine;
  await print(dpkg(`-i /mnt/${oldName}`));
  expect(await print(modes)).toBe(expectedModes);
  await print('setpriv --reuid=sonde --regid=sonde --clear-groups sonde >/tmp/log 2>&1 & echo $! >/tmp/pid');
  await waitFor(async () => (await run('sonde health')).code === 0, 60_000);
  const sealingKey = await print(key);
  await print('kill $(cat /tmp/pid)');
  await waitFor(async () => (await run('sonde health')).code === 1, 60_000);
  await print(dpkg(`-i ${packaged(deb)}`));
  await print('touch /etc/sonde/own.key');
  expect(await print(key)).toBe(sealingKey);
  expect(await print(modes)).toBe(expectedModes);
  await isGone(machine);
}

/** Purging removes the data and the settings, and what somebody added beside them stays. */
async function isGone({ run, print }: Machine): Promise<void> {
  await print(dpkg('--purge sonde'));
  expect(await print('ls /etc/sonde')).toBe('own.key');
  expect((await run('ls -d /var/lib/sonde /usr/lib/sonde /usr/bin/sonde')).out).not.toMatch(/^\//m);
  expect(await print('dpkg --audit')).toBe('');
  expect(await print('find /etc/systemd /var/lib/systemd -name "sonde*"')).toBe('');
}
