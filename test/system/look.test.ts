/** `sonde look` against a real sshd, with a home folder, keys, an ssh_config and a terminal as people have them. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endPrograms, mainFile, run, runToEnd } from '../support/program.ts';
import {
  addUser,
  freePort,
  type KeyPair,
  keyPair,
  newPath,
  requireRig,
  type Server,
  sh,
  startSshd,
  stopServers,
  type User,
  waitFor,
} from '../support/rig.ts';

/** Each starts several programs, which takes long where other tests do so too. */
const patient = { timeout: 180_000 };
let server: Server;
let user: User;
let key: KeyPair;
let locked: KeyPair;

beforeAll(async () => {
  requireRig('sshd', 'script', 'ssh-agent', 'ssh-add');
  key = keyPair();
  locked = keyPair('ed25519', 'open sesame');
  server = await startSshd();
  user = addUser({ authorizedKey: `${key.publicKey}\n${locked.publicKey}` });
});

afterAll(async () => {
  endPrograms();
  await stopServers();
});

/** A person's home folder, with an ssh_config that calls the server `web`, behind itself as `edge`. */
function home(): { readonly env: { readonly HOME: string }; readonly known: () => string } {
  const folder = newPath('home');
  mkdirSync(join(folder, '.ssh'), { recursive: true, mode: 0o700 });
  const config = `
    Host web edge
      HostName ${server.host}
      Port ${server.port}
      User ${user.name}
      IdentityFile ${key.file}
    Host behind
      HostName ${server.host}
      ProxyJump edge
    Host *
      Port ${server.port}
      User ${user.name}
      IdentityFile ${key.file}`;
  writeFileSync(join(folder, '.ssh/config'), config);
  const known = join(folder, '.ssh/known_hosts');
  return { env: { HOME: folder }, known: () => (existsSync(known) ? readFileSync(known, 'utf8') : '') };
}

test.concurrent(
  'a host of ssh_config is shown, once its key is trusted, also behind a jump host',
  patient,
  async () => {
    const { env, known } = home();
    const refused = await runToEnd(env, ['look', 'web']);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toMatch(/^web: New host: its key has not been verified yet: ssh-ed25519 SHA256:/);
    expect(refused.err).toContain('--accept-new');
    expect(known()).toBe('');

    const accepted = await runToEnd(env, ['look', 'web', '--accept-new', '--json']);
    const seen = JSON.parse(accepted.out);
    expect(accepted.code).toBe(seen.status);
    expect(seen).toMatchObject({
      host: 'web',
      system: { hostname: 'rig' },
      sections: { cpu: { source: '/proc/stat', error: null } },
    });
    expect(seen.cpu.percent).toEqual(expect.any(Number));
    expect(known()).toMatch(new RegExp(`^\\[${server.host}\\]:${server.port} ssh-ed25519 `));

    const picture = await runToEnd(env, ['look', 'behind', '-v']);
    // How busy the machine is may be a problem at one look and none at the next.
    expect(picture.code).toBeLessThan(3);
    expect(picture.out).toMatch(/^behind \(rig\) +up \d/);
    for (const label of ['CPU', 'Memory', 'Disks', 'Processes', 'Ports', 'Firewall'])
      expect(picture.out).toMatch(new RegExp(`^${label} `, 'm'));
    // What this user may not see says why, and nothing has colours where nobody looks.
    expect(picture.out).toContain('Only root can list the rules of nft');
    expect(picture.out).not.toContain('\u001b');
    expect(picture.err).toContain('edge: Logged in');
    expect(picture.err).toContain(`Connecting to ${server.host} port ${server.port} from edge`);
  },
);

test.concurrent(
  'what goes wrong on the way decides the exit code, and a plugin says it in one line',
  patient,
  async () => {
    const { env } = home();
    await runToEnd(env, ['look', 'web', '--accept-new', '--json']);
    const plugin = await runToEnd(env, ['look', 'web', '--nagios']);
    expect(plugin.code).toBeLessThan(3);
    expect(plugin.out).toMatch(/^SONDE (OK|WARNING|CRITICAL) - web: [^|]+ \| 'cpu'=[\d.]+%;;;0;100 'memory'=/);

    const port = await freePort();
    const down = await runToEnd(env, ['look', '--nagios', '-p', String(port), server.host]);
    expect([down.code, down.out.split('\n')[0]]).toEqual([
      2,
      `SONDE CRITICAL - ${server.host}: The host refused the connection`,
    ]);

    const other = keyPair();
    const refused = await runToEnd(env, ['look', '-i', other.file, 'web']);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toMatch(/^web: The host refused the login/);
    const shut = await runToEnd(env, ['look', '-i', locked.file, 'web']);
    expect([shut.code, shut.err]).toEqual([3, expect.stringContaining('has a passphrase, and there is no terminal')]);

    writeFileSync(join(env.HOME, '.ssh/known_hosts'), `[${server.host}]:${server.port} ${other.publicKey}\n`);
    const changed = await runToEnd(env, ['look', '--accept-new', 'web']);
    expect([changed.code, changed.err]).toEqual([3, expect.stringMatching(/^web: .*key.* changed/i)]);
    expect((await runToEnd(env, ['look', 'web', 'more'])).code).toBe(3);
  },
);

test.concurrent(
  'on a terminal, a person is asked about the key, then for the passphrase and the password, and sees colours',
  patient,
  async () => {
    const { env, known } = home();
    const passphrase = await inTerminal(
      env,
      ['look', '-i', locked.file, 'web'],
      [
        ['Passphrase for ', 'open sesame'],
        ['add it to ~/.ssh/known_hosts? (yes or no)', 'yes'],
      ],
    );
    expect(passphrase.screen).toContain('\u001b[36mCPU');
    expect(passphrase.screen).not.toContain('open sesame');
    expect(known()).toContain('ssh-ed25519');

    const password = await inTerminal(
      env,
      ['look', '-F', '/dev/null', '-p', String(server.port), `${user.name}@${server.host}`],
      [[`Password for ${user.name}@${server.host}`, user.password]],
    );
    expect(password.screen).toContain('\u001b[36mCPU');
    expect(password.screen).not.toContain(user.password);
  },
);

test.concurrent('watching draws again until it is ended, and gives the screen back', patient, async () => {
  const { env } = home();
  await runToEnd(env, ['look', 'web', '--accept-new', '--json']);
  const lines = run(env, ['look', 'web', '--watch', '1', '--json']);
  await waitFor(() => lines.out().trim().split('\n').length >= 2, 60_000, 'two looks');
  lines.child.kill('SIGINT');
  const code = await lines.ended;
  // It may have looked once more without showing it.
  const shown = lines
    .out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).status);
  expect(shown.length).toBeGreaterThanOrEqual(2);
  expect(code).toBeLessThan(3);

  const watched = await inTerminal(env, ['look', 'web', '--watch=1'], [[/CPU[\s\S]*Memory/, 'q']]);
  expect(watched.screen).toContain('\u001b[?1049h');
  expect(watched.screen.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(watched.screen.lastIndexOf('\u001b[?1049h'));
});

test.concurrent(
  'the options of ssh_config for keys of hosts and the agent are followed, and one that is not may explain a failure',
  patient,
  async () => {
    const { env } = home();
    const socket = newPath('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await waitFor(() => existsSync(socket), 30_000, 'the agent');
      sh(`SSH_AUTH_SOCK='${socket}' ssh-add -q '${key.file}'`);
      const own = join(env.HOME, '.ssh');
      // Without its private half: only the agent can use it.
      writeFileSync(join(own, 'id_web.pub'), `${key.publicKey}\n`);
      const configure = (lines: readonly string[]): void => {
        const all = [`HostName ${server.host}`, `Port ${server.port}`, `User ${user.name}`, ...lines];
        writeFileSync(join(own, 'config'), `Host web\n  ${all.join('\n  ')}\n`);
      };
      const known = [
        'HostKeyAlias vault',
        'UserKnownHostsFile ~/.ssh/keys_of_%k /dev/null',
        'GlobalKnownHostsFile none',
      ];
      const ofAgent = [`IdentityAgent ${socket}`, 'IdentitiesOnly yes', 'IdentityFile ~/.ssh/id_web.pub'];

      configure([...known, ...ofAgent, 'StrictHostKeyChecking yes']);
      const strict = await runToEnd(env, ['look', 'web']);
      expect([strict.code, strict.err]).toEqual([3, expect.stringContaining('StrictHostKeyChecking yes')]);
      expect(existsSync(join(own, 'keys_of_vault'))).toBe(false);

      configure([...known, ...ofAgent, 'StrictHostKeyChecking accept-new']);
      const seen = await runToEnd(env, ['look', 'web', '--json']);
      expect(JSON.parse(seen.out)).toMatchObject({ host: 'web', system: { hostname: 'rig' } });
      expect(readFileSync(join(own, 'keys_of_vault'), 'utf8')).toMatch(/^vault ssh-ed25519 /);

      configure([...known, 'IdentityAgent none', 'CertificateFile ~/.ssh/id_web-cert.pub']);
      const alone = await runToEnd({ ...env, SSH_AUTH_SOCK: socket }, ['look', 'web']);
      expect([alone.code, alone.err]).toEqual([3, expect.stringContaining('CertificateFile')]);
    } finally {
      agent.kill();
    }
  },
);

/** Runs it in a terminal of its own, and types each answer once its question stands there. */
async function inTerminal(
  env: { readonly HOME: string },
  args: readonly string[],
  answers: readonly (readonly [string | RegExp, string])[],
): Promise<{ readonly screen: string; readonly code: number | null }> {
  const command = [process.execPath, mainFile, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...env, PATH: process.env.PATH, TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let screen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  let from = 0;
  for (const [question, answer] of answers) {
    const found = (): boolean =>
      typeof question === 'string' ? screen.slice(from).includes(question) : question.test(screen.slice(from));
    await waitFor(found, 60_000, `the question ${String(question)}`);
    from = screen.length;
    child.stdin.write(answer === 'q' ? answer : `${answer}\r`);
  }
  const code = await ended;
  return { screen, code };
}
