/** The process: how it starts, refuses to start, ends, and what survives when it is killed. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { minute, openRig } from '../support/history-engine.ts';
import { endPrograms, run, runToEnd, settings, start } from '../support/program.ts';
import { newPath, requireRig, sh, waitFor } from '../support/rig.ts';

async function post(url: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const admin = { username: 'admin', password: 'correct horse battery' };

beforeAll(() => {
  requireRig();
});

afterEach(endPrograms);

describe('a value that cannot be', () => {
  test.each([
    ['SONDE_PORT', 'eighty'],
    ['SONDE_PORT', '65536'],
    ['SONDE_HOST', 'example.org'],
    ['SONDE_LOG_LEVEL', 'loud'],
    ['SONDE_TRUSTED_PROXIES', 'my proxy'],
    ['SONDE_ALLOWED_HOSTS', 'https://sonde.example.org'],
    ['SONDE_ALLOWED_HOSTS', '*'],
    ['SONDE_TLS_CERT', '/nowhere/cert.pem'],
    ['SONDE_REGISTRATION', 'maybe'],
    ['SONDE_JWT_SECRET', 'short'],
    ['SONDE_SEALING_KEY', 'AAAA'],
    ['SONDE_SEALING_KEY', ''],
    ['SONDE_SEALING_KEY_COMMAND', "vault 'read"],
    ['SONDE_DATA_DIR', '/etc/passwd/data'],
    ['SONDE_DATA_DIR', ''],
  ])('%s=%s ends the start with one line and code 2', async (name, value) => {
    const { ended, err, out } = run({ ...(await settings()), [name]: value });
    expect(await ended).toBe(2);
    expect(err()).toMatch(/^sonde: [^\n]+\n$/);
    expect(err()).toContain(name);
    expect(out()).toBe('');
  });
});

test('a setting that there is not is a warning, and Sonde starts', async () => {
  const { err, url } = await start({ ...(await settings()), SONDE_PROT: '8080', SONDE_SSH_AGNET: '' });
  expect(err()).toBe(
    ['SONDE_PROT', 'SONDE_SSH_AGNET']
      .map(
        (name) =>
          `sonde: warning: ${name} is not a setting of Sonde and is ignored; docs/settings.md lists all settings\n`,
      )
      .join(''),
  );
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test('a certificate and a key that do not belong together end the start with one line', async () => {
  const env = await settings();
  const pem = (name: string): string => {
    const file = newPath(name);
    sh(
      `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -days 2 -keyout '${file}.key' -out '${file}.crt' 2>/dev/null`,
    );
    return file;
  };
  const [one, other] = [pem('one'), pem('other')];
  for (const [cert, key] of [
    [`${one}.crt`, `${other}.key`],
    [`${one}.key`, `${one}.crt`],
  ] as const) {
    const { code, err, out } = await runToEnd({ ...env, SONDE_TLS_CERT: cert, SONDE_TLS_KEY: key }, []);
    expect([code, err, out]).toEqual([
      2,
      expect.stringMatching(/^sonde: SONDE_TLS_CERT or SONDE_TLS_KEY cannot be used: [^\n]+\n$/),
      '',
    ]);
  }
});

describe('the command line', () => {
  test('a command or option that there is not ends with one line and code 2', async () => {
    const wrong = [
      ['stop'],
      ['start', '--port=1'],
      ['rotate-key', 'now'],
      ['--port'],
      ['print-authorized-key', 'there-is-none.pub'],
    ];
    for (const args of wrong) {
      const { ended, err, out } = run(await settings(), args);
      expect([await ended, err(), out()]).toEqual([2, expect.stringMatching(/^sonde: [^\n]+\n$/), '']);
    }
  });

  test('--help and --version say it on standard output and touch nothing', async () => {
    const env = await settings();
    const help = run(env, ['--help']);
    expect([await help.ended, help.err()]).toEqual([0, '']);
    for (const name of ['start', 'rotate-key', 'print-authorized-key', 'reset-password'])
      expect(help.out()).toContain(`  ${name} `);
    for (const command of ['start', 'rotate-key', 'print-authorized-key', 'reset-password'])
      expect((await runToEnd(env, [command, '--help'])).out).toBe(help.out());
    const version = run(env, ['--version']);
    expect([await version.ended, version.out()]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
    expect(existsSync(env.SONDE_DATA_DIR)).toBe(false);
  });

  test('two do not work on one data folder', async () => {
    const env = await settings();
    await start(env);
    const second = run({ ...env, SONDE_PORT: '0' });
    expect([await second.ended, second.err()]).toEqual([2, expect.stringMatching(/^sonde: Another Sonde [^\n]+\n$/)]);
  });

  test('a locked-out admin gets a new password, and all sessions end', async () => {
    const env = await settings();
    const first = await start(env);
    await post(`${first.url}/users/create`, admin);
    const before = await post(`${first.url}/users/login`, admin, { 'X-Electron-App': 'true' });
    const bearer = { Authorization: `Bearer ${String(before.body.token)}` };
    await post(`${first.url}/users/api-keys`, { name: 'wall' }, bearer);
    const reset = async (...args: string[]) => {
      const { ended, out, err } = run(
        { ...env, SONDE_PASSWORD_LOGIN: 'false' },
        ['reset-password', ...args],
        'another long one\n',
      );
      return [await ended, out(), err()];
    };
    expect(await reset('admin')).toEqual([2, '', expect.stringContaining('Another Sonde')]);
    first.child.kill('SIGTERM');
    await first.ended;
    expect(await reset('nobody')).toEqual([2, '', 'sonde: There is no user "nobody"\n']);
    expect((await reset('admin'))[1]).toContain('Their API keys still work: 1.');
    expect(await reset('ADMIN', '--totp', '--api-keys')).toEqual([
      0,
      expect.stringMatching(
        /admin has a new password.*\nSONDE_PASSWORD_LOGIN=false turns passwords off: .*\nTheir API keys were removed: 1\.\n$/s,
      ),
      '',
    ]);
    const { url } = await start(env);
    expect((await post(`${url}/users/login`, admin)).status).toBe(401);
    const again = { ...admin, password: 'another long one' };
    const login = await post(`${url}/users/login`, again, { 'X-Electron-App': 'true' });
    expect(login.status).toBe(200);
    const Authorization = `Bearer ${String(login.body.token)}`;
    const answer = await fetch(`${url}/audit?action=password-reset`, { headers: { Authorization } });
    const audit = (await answer.json()) as { readonly entries: unknown };
    expect(audit.entries).toMatchObject([
      { target: 'admin', via: 'sonde', details: { resetTotp: true, apiKeysEnded: 1 } },
      { details: { resetTotp: false, apiKeysLeft: 1 } },
    ]);
  });
});

test('a port that is taken', async () => {
  const env = await settings();
  const squatter = createServer().listen(Number(env.SONDE_PORT), '127.0.0.1');
  const { ended, err } = run(env);
  expect(await ended).toBe(2);
  expect(err()).toBe(`sonde: Port ${env.SONDE_PORT} is in use. Set SONDE_PORT to another one\n`);
  squatter.close();
});

test('a data folder that holds something else', async () => {
  const env = await settings();
  mkdirSync(env.SONDE_DATA_DIR);
  writeFileSync(join(env.SONDE_DATA_DIR, 'sonde.db'), 'not a database, but long enough to be looked at'.repeat(100));
  const { ended, err } = run(env);
  expect(await ended).toBe(2);
  expect(err()).toMatch(/^sonde: [^\n]+\n$/);
});

test('it says what to do first, only until it was done', async () => {
  const env = await settings();
  const first = await start(env);
  expect(first.out()).toContain('create the admin');
  expect((await post(`${first.url}/users/create`, admin)).body).toMatchObject({ is_admin: true });
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);

  const second = await start(env);
  expect(second.out()).toContain(`Sonde is at ${second.url}`);
  expect(second.out()).not.toContain('create the admin');
});

test('beyond loopback the first admin needs the token that only the start prints', async () => {
  const { url, out } = await start({ ...(await settings()), SONDE_HOST: '0.0.0.0' });
  const token = /welcome#setup=(\w+)/.exec(out())?.[1] ?? '';
  expect(token).toHaveLength(32);
  expect((await post(`${url}/users/create`, admin)).status).toBe(403);
  expect((await post(`${url}/users/create`, admin, { 'X-Setup-Token': 'guess' })).status).toBe(403);
  expect((await post(`${url}/users/create`, admin, { 'X-Setup-Token': token })).body).toMatchObject({ is_admin: true });
  expect((await post(`${url}/users/create`, { ...admin, username: 'b' }, { 'X-Setup-Token': token })).status).toBe(403);
});

test('keys are made at the first start, for the owner alone', async () => {
  const env = await settings();
  await start(env);
  for (const name of ['jwt.key', 'sealing.key', 'sonde.db']) {
    expect([name, statSync(join(env.SONDE_DATA_DIR, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
  expect(statSync(env.SONDE_DATA_DIR).mode & 0o777).toBe(0o700);
});

test('a signal ends it although a request hangs, also one that comes twice at once, as through npm', async () => {
  const { url, child, ended } = await start(await settings());
  const half = (await import('node:net')).connect(Number(new URL(url).port), '127.0.0.1');
  half.on('error', () => {});
  half.write('POST /users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n');
  await waitFor(() => half.readyState === 'open');
  child.kill('SIGTERM');
  // The same signal twice may arrive as one.
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

describe('an error that nothing caught', () => {
  /** A signal stands for what may go wrong in a callback or in a promise that nobody awaits. */
  const provoked = (program: string) => ({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${program} })`)}`,
  });
  const logged = (out: string) =>
    out
      .split('\n')
      // After the last line end there may be a part of a line.
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));

  test.each([
    ['a rejection', "Promise.reject(new Error('a slip'))", 'rejection'],
    ['an exception', "throw new Error('a slip')", 'exception'],
    ['a rejection that is no error', 'Promise.reject(undefined)', 'rejection'],
  ])('%s is logged, and Sonde keeps serving', async (_, program, kind) => {
    const { url, child, out, err, ended } = await start({ ...(await settings()), ...provoked(program) });
    child.kill('SIGUSR2');
    const isOurs = ({ msg }: { readonly msg?: string }): boolean => msg === 'An uncaught error; Sonde continues';
    const entry = await waitFor(() => logged(out()).find(isOurs));
    expect(entry).toMatchObject({ level: 50, kind });
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
    expect((await post(`${url}/users/create`, admin)).body).toMatchObject({ is_admin: true });
    child.kill('SIGTERM');
    expect([await ended, err()]).toEqual([0, '']);
  });

  test('a failed assertion ends Sonde with code 70, after it was logged', async () => {
    const program = "import('node:assert').then(({ default: assert }) => assert(false, 'cannot be'))";
    const { child, out, ended } = await start({ ...(await settings()), ...provoked(program) });
    child.kill('SIGUSR2');
    expect(await ended).toBe(70);
    expect(logged(out()).at(-1)).toMatchObject({ level: 60, err: { message: 'cannot be' } });
  });
});

test('kill -9 loses nothing that was answered', async () => {
  const env = await settings();
  const first = await start(env);
  await post(`${first.url}/users/create`, admin);
  const login = await post(`${first.url}/users/login`, admin, { 'X-Electron-App': 'true' });
  const bearer = { Authorization: `Bearer ${String(login.body.token)}` };
  const host = { name: 'here', ip: 'localhost', connectionType: 'local' };
  const added = await Promise.all([...Array(20).keys()].map(() => post(`${first.url}/host/db/host`, host, bearer)));
  first.child.kill('SIGKILL');
  await first.ended;

  const second = await start(env);
  const hosts = await fetch(`${second.url}/host/db/host`, { headers: bearer });
  const ids = ((await hosts.json()) as { id: number }[]).map(({ id }) => id);
  expect(ids).toEqual(added.map(({ body }) => body.id).sort((a, b) => Number(a) - Number(b)));
  await waitFor(async () => (await fetch(`${second.url}/status/${ids[0]}`, { headers: bearer })).status === 200);
});

test('a command whose reader has left ends quietly; an export, whose output is its work, ends as by SIGPIPE', async () => {
  const closed = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { child, ended, err } = run(env, args);
    // Long before it prints anything.
    child.stdout?.destroy();
    return [await ended, err()];
  };
  for (const args of [['--help'], ['--version'], ['print-authorized-key', '--sudoers', 'sonde']])
    expect(await closed(args)).toEqual([0, '']);
  const env = await settings();
  const { child, url, ended } = await start({ ...env, SONDE_LOG_LEVEL: 'trace' });
  // Whoever read the log has ended.
  child.stdout?.destroy();
  child.stderr?.destroy();
  for (let count = 0; count < 3; count += 1) {
    await post(`${url}/users/login`, admin);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  }
  const rig = openRig({ folder: join(env.SONDE_DATA_DIR, 'history') });
  rig.run(10 * minute);
  rig.engine.close();
  expect(await closed(['history', 'export'], env)).toEqual([141, '']);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
