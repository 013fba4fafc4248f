/** Sonde as a service: the unit as systemd reads it, what systemd is told, and what a reload changes. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { systemdUnit } from '../../src/commands/service/units.ts';
import { endPrograms, runToEnd, settings, start } from '../support/program.ts';
import { newPath, requireRig, sh, waitFor } from '../support/rig.ts';

/** Each starts several programs, which takes long where other tests do so too. */
const patient = { timeout: 180_000 };
const ended: (() => unknown)[] = [];
afterAll(() => {
  endPrograms();
  for (const end of ended) end();
});

/** A certificate and its key in one place, over those that were there. */
function certificate(place: string, name: string): void {
  sh(
    `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=${name} -days 2 -keyout '${place}.key' -out '${place}.crt' 2>/dev/null`,
  );
}

/** The name in the certificate that a server shows. */
function shownName(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((done, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      done(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test.concurrent.each([null, '/etc/hostname'])(
  'systemd finds no fault in the unit, and that it is closed (key in %s)',
  (keyFile) => {
    requireRig('systemd-analyze');
    const folder = newPath('unit');
    mkdirSync(folder);
    const file = `${folder}/sonde.service`;
    writeFileSync(file, systemdUnit({ node: process.execPath, program: '/bin/true', user: 'root', keyFile }));
    expect(sh(`systemd-analyze verify --man=no '${file}' 2>&1`)).toBe('');
    const closed = sh(`systemd-analyze security --offline=true --no-pager '${file}' | tail -1`);
    const [, exposure = '10'] = /exposure level for sonde\.service: ([\d.]+)/.exec(closed) ?? [];
    // That the user is not root counts, which only the machine's own user can show.
    expect(Number(exposure)).toBeLessThan(3);
  },
);

test.concurrent('systemd is told when Sonde is ready, that it works, and when it ends', patient, async ({ expect }) => {
  requireRig('socat', 'systemd-notify');
  const socket = newPath('notify');
  const receiver = spawn('socat', ['-u', `UNIX-RECV:${socket}`, 'STDOUT'], { stdio: ['ignore', 'pipe', 'ignore'] });
  ended.push(() => receiver.kill());
  let told = '';
  receiver.stdout.on('data', (chunk: Buffer) => {
    told += `${chunk.toString()}\n`;
  });
  await waitFor(() => existsSync(socket));
  const sonde = await start({ ...(await settings()), NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000000' });
  await expect.poll(() => told, { timeout: 60_000 }).toContain('READY=1');
  await expect.poll(() => told, { timeout: 60_000 }).toContain('WATCHDOG=1');
  sonde.child.kill('SIGTERM');
  expect(await sonde.ended).toBe(0);
  await expect.poll(() => told, { timeout: 60_000 }).toContain('STOPPING=1');
});

test.concurrent('without a program to tell systemd, Sonde says so once and runs', patient, async ({ expect }) => {
  const folder = newPath('empty');
  mkdirSync(folder);
  const env = { ...(await settings()), NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '200000', PATH: folder };
  const sonde = await start(env);
  await expect.poll(() => sonde.out(), { timeout: 60_000 }).toContain('systemd cannot be told');
  expect((await fetch(`${sonde.url}/health`)).status).toBe(200);
});

test.concurrent(
  'a reload takes the new certificate and log level; a wrong one changes nothing and ends nothing',
  patient,
  async ({ expect }) => {
    const place = newPath('tls');
    certificate(place, 'first');
    const file = newPath('sonde.env');
    const write = (level: string): void =>
      writeFileSync(file, `SONDE_LOG_LEVEL=${level}\nSONDE_TLS_CERT=${place}.crt\nSONDE_TLS_KEY=${place}.key\n`);
    write('info');
    const sonde = await start({ ...(await settings()), SONDE_ENV_FILE: file });
    expect(await shownName(sonde.url)).toBe('first');
    const reloads = (): number => sonde.out().split('were read again').length - 1;
    const failures = (): number => sonde.out().split('could not be read again').length - 1;

    certificate(place, 'second');
    write('debug');
    sonde.child.kill('SIGHUP');
    await expect.poll(reloads, { timeout: 60_000 }).toBe(1);
    expect(sonde.out()).toContain('"logLevel":"debug"');
    expect(await shownName(sonde.url)).toBe('second');

    writeFileSync(`${place}.crt`, 'no certificate');
    sonde.child.kill('SIGHUP');
    await expect.poll(failures, { timeout: 60_000 }).toBe(1);
    writeFileSync(file, 'SONDE_LOG_LEVEL=loud\n');
    sonde.child.kill('SIGHUP');
    await expect.poll(failures, { timeout: 60_000 }).toBe(2);
    writeFileSync(file, 'SONDE_LOG_LEVEL=info\n');
    sonde.child.kill('SIGHUP');
    await expect.poll(failures, { timeout: 60_000 }).toBe(3);
    expect(sonde.out()).toContain('TLS is only turned on or off by a restart');
    expect(await shownName(sonde.url)).toBe('second');
    sonde.child.kill('SIGTERM');
    expect(await sonde.ended).toBe(0);
  },
);

test.concurrent('installing shows everything first, and does nothing without being told to', patient, async () => {
  const shown = await runToEnd({}, [
    'install-service',
    '--init',
    'systemd',
    '--dry-run',
    '--key-file',
    '/etc/hostname',
  ]);
  // The checkout of a test may lie where a service cannot see it.
  if (shown.code === 2) expect(shown.err).toContain('which the service cannot see');
  else {
    expect(shown.out).toContain('| LoadCredential=sealing.key:/etc/hostname');
    expect((await runToEnd({}, ['install-service', '--init', 'systemd'])).err).toContain(
      'Nothing was changed. Add --yes',
    );
  }
  const key = await runToEnd({}, ['install-service', '--init', 'openrc', '--dry-run', '--key-file', '/nowhere']);
  expect([key.code, key.out]).toEqual([2, '']);
  expect((await runToEnd({}, ['install-service', '--init', 'runit'])).err).toContain('must be systemd or openrc');
  expect(existsSync('/etc/systemd/system/sonde.service')).toBe(false);
});
