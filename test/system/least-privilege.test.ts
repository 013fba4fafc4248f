/** A key that can do nothing but be watched with: what it gives, and everything else that is tried with it. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampled } from '../../src/collectors/index.ts';
import { forcedCommand } from '../../src/collectors/sampler/forced.ts';
import { authorizedKey } from '../../src/commands/print-authorized-key.ts';
import { runToEnd } from '../support/program.ts';
import {
  addUser,
  keyPair,
  newPath,
  openssh10,
  requireRig,
  type Server,
  sh,
  startSshd,
  type User,
  waitFor,
} from '../support/rig.ts';
import { byKey, type Service, startService } from '../support/service.ts';

const nonce = '0123456789abcdef01234567';
let sonde: Service;
let server: Server;
let pair: ReturnType<typeof keyPair>;

beforeAll(async () => {
  requireRig('sshd', 'ssh', 'scp', 'sftp', 'visudo', 'sudo', 'zsh', 'fish', 'tcsh', 'mksh', 'ksh93', 'nft');
  sonde = await startService();
  // The server permits all that the line does not.
  server = await startSshd({
    config: [
      'AllowTcpForwarding yes',
      'AllowAgentForwarding yes',
      'X11Forwarding yes',
      'PermitTunnel yes',
      'PermitUserEnvironment yes',
      'AcceptEnv LANG LC_* IFS K S T n l t SSH_ORIGINAL_COMMAND',
      'MaxStartups 100',
      'LogLevel DEBUG1',
    ],
  });
  pair = keyPair();
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

function watched(shell = '/bin/bash'): User {
  return addUser({ shell, authorizedKey: authorizedKey(pair.publicKey) });
}

const client = [
  '-F',
  'none',
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
  '-o',
  'BatchMode=yes',
];

function ssh(
  user: User,
  args: readonly string[],
  input: string | Buffer = '',
  command: readonly string[] = [],
  env = {},
) {
  const all = [
    ...client,
    '-i',
    pair.file,
    '-p',
    String(server.port),
    ...args,
    `${user.name}@${server.host}`,
    ...command,
  ];
  const { stdout, stderr, status } = spawnSync('ssh', all, {
    input,
    timeout: 120_000,
    env: { ...process.env, ...env },
  });
  return { out: stdout.toString('latin1'), err: stderr.toString('latin1'), status };
}

/** Only answers to requests: frames, the hello's answer, nothing of what was tried. */
function expectOnlySampler(out: string): void {
  expect(out.replaceAll(new RegExp(`\\n@@${nonce} begin [\\s\\S]*?@@${nonce} end\\n`, 'g'), '')).toMatch(
    /^(\n@@sampler [0-9a-f]{24} 1 [0-9a-f]{12} [a-z_ ]+\n@@ready [0-9a-f]{24}\n)*$/,
  );
}

function filesOf(user: User): string[] {
  return readdirSync(user.home, { recursive: true, encoding: 'utf8' }).sort();
}

const processesOf = (user: User): string => spawnSync('pgrep', ['-u', user.name, '-a']).stdout.toString();

describe.each([
  ['/bin/dash'],
  ['/bin/bash'],
  ['/bin/rbash'],
  ['/usr/bin/zsh'],
  ['/usr/bin/fish'],
  ['/usr/bin/tcsh'],
  ['/bin/mksh'],
  ['/bin/ksh93'],
])('login shell %s', (shell) => {
  test('is watched in full, and Sonde says with what', async () => {
    const user = watched(shell);
    const id = await sonde.admin.add(byKey(server, user, pair.privateKey));
    const { body } = await sonde.admin.post(`/metrics/start/${id}`);
    expect(body.connectionLogs).toContainEqual(
      expect.objectContaining({ message: 'The sampler that this key is limited to is ready' }),
    );
    const snapshot = (await sonde.admin.get(`/metrics/${id}`)).body;
    expect(snapshot.system.kernelName).toBe('Linux');
    expect(snapshot.processes.top.length).toBeGreaterThan(0);
    expect(snapshot.disk.filesystems.length + snapshot.ports.ports.length).toBeGreaterThan(0);
    const errors = Object.values(snapshot.sections as Record<string, { error: { reason: string } | null }>);
    expect(errors.filter(({ error }) => error?.reason === 'unparsable')).toEqual([]);
  });

  test('runs no other command, whatever it is asked for', async () => {
    const user = watched(shell);
    const files = filesOf(user);
    const trace = `${user.home}/trace`;
    const input = `touch ${trace}\nid\n$(touch ${trace})\n\`touch ${trace}\`\n; touch ${trace}\nexit\n`;
    const commands = [`touch ${trace}`, `$(touch ${trace})`, `'; touch ${trace}; '`, `\n touch ${trace}\n`];
    for (const command of [...commands, ...(shell === '/bin/bash' ? ['sh', '/bin/sh -i', 'internal-sftp', '"'] : [])])
      expectOnlySampler(ssh(user, [], input, [command]).out);
    expectOnlySampler(ssh(user, [], input).out);
    expectOnlySampler(ssh(user, ['-s'], input, ['sftp']).out);
    expect(filesOf(user).filter((name) => !files.includes(name) && !/cache|config|local/.test(name))).toEqual([]);
    await waitFor(() => processesOf(user) === '');
  });
});

describe('what else a key can do', () => {
  test('no terminal', () => {
    const { out, err } = ssh(watched(), ['-tt'], '\n');
    expectOnlySampler(out);
    expect(err).toContain('PTY allocation request failed');
  });

  test('no files by scp or sftp, neither way', async () => {
    const user = watched();
    const local = newPath('local');
    writeFileSync(local, 'x');
    const files = filesOf(user);
    const port = ['-P', String(server.port), '-i', pair.file];
    const there = `${user.name}@${server.host}`;
    // Those that are not refused at once would wait for ever.
    const ended = ([program, ...args]: readonly [string, ...string[]]): Promise<number | null> =>
      new Promise((done) => {
        const child = spawn(program, args, { timeout: 4_000, stdio: ['pipe', 'ignore', 'ignore'] });
        child
          .on('close', done)
          .stdin.on('error', () => {})
          .end();
      });
    const codes = await Promise.all(
      (
        [
          ['scp', ...client, ...port, local, `${there}:trace`],
          ['scp', '-O', ...client, ...port, local, `${there}:trace`],
          ['scp', '-O', ...client, ...port, `${there}:/etc/passwd`, `${local}.got`],
          ['sftp', ...client, ...port, `${there}:/etc/passwd`, `${local}.got`],
        ] as const
      ).map(ended),
    );
    expect(codes).toHaveLength(4);
    expect(codes).not.toContain(0);
    expect(filesOf(user)).toEqual(files);
    expect(statSync(`${local}.got`, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('no forwarding: -L, -D, -W, -R, agent, X11, tunnel', async () => {
    const user = watched();
    const { err: direct, status } = ssh(user, ['-W', `${server.host}:${server.port}`], '');
    expect([status, direct]).toEqual([255, expect.stringContaining('forwarding failed')]);
    const remote = ssh(user, ['-o', 'ExitOnForwardFailure=yes', '-R', `${server.host}:0:127.0.0.1:1`]);
    expect([remote.status, remote.err]).toEqual([255, expect.stringContaining('remote port forwarding failed')]);
    const socket = ssh(user, ['-o', 'ExitOnForwardFailure=yes', '-R', `${user.home}/trace:127.0.0.1:1`]);
    expect(socket.status).toBe(255);
    // -L and -D are channels of the same kind as -W, opened when something connects.
    ssh(user, ['-A', '-X', '-w', 'any'], '', [], { DISPLAY: ':9' });
    // Each that a key has is named there: agent-forwarding, port-forwarding, pty, user-rc, x11-forwarding.
    expect(server.log()).toMatch(new RegExp(`${user.name}/.ssh/authorized_keys:1: key options: command\\r?\\n`));
    expect(server.log()).not.toMatch(/active: key options: (?!command\r?\n)/);
  });

  test('nothing by the environment', () => {
    const user = watched();
    const trace = `${user.home}/trace`;
    const env = {
      LANG: `$(touch ${trace})`,
      LC_ALL: `$(touch ${trace})`,
      IFS: '/',
      K: 'x',
      S: `touch ${trace};`,
      T: `touch ${trace};`,
      n: nonce,
      SSH_ORIGINAL_COMMAND: `touch ${trace}`,
    };
    const send = Object.keys(env).flatMap((name) => ['-o', `SendEnv=${name}`]);
    const { out } = ssh(user, send, `#@@hello ${nonce} 0\n${nonce} system\n`, [], env);
    expectOnlySampler(out);
    expect(out).toContain('@@sampler');
    expect(filesOf(user)).not.toContain('trace');
  });

  test('a cut connection leaves no process', async () => {
    const user = watched();
    const child = spawn('ssh', [...client, '-i', pair.file, '-p', String(server.port), `${user.name}@${server.host}`], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stdin.write(`${nonce} disk system ports\n`);
    await waitFor(() => out.includes('begin'));
    expect(processesOf(user)).not.toBe('');
    child.kill('SIGKILL');
    await waitFor(() => processesOf(user) === '');
  });
});

test('the same with OpenSSH 10', async () => {
  const newer = await startSshd(openssh10());
  const user = watched();
  const id = await sonde.admin.add(byKey(newer, user, pair.privateKey));
  expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
  await newer.stop();
});

describe('the contents of requests are only ever data', () => {
  const shells = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'ash'], ['mksh'], ['ksh93']];
  /** The command as sshd gives it to a login shell, under which `sh` is another one. */
  function forced(shell: readonly string[], input: string | Buffer): string {
    const command = forcedCommand(sampled).replace(/^sh /, `${shell.join(' ')} `);
    const { stdout, status } = spawnSync('/bin/sh', ['-c', command], { input, timeout: 120_000, cwd: empty });
    expect(status).toBe(0);
    return stdout.toString('latin1');
  }
  let empty: string;
  beforeAll(() => {
    empty = newPath('empty');
    sh(`mkdir -m 777 ${empty}`);
  });

  test.each(shells.map((shell) => [shell.join(' '), shell] as const))('known attempts, %s', (_, shell) => {
    const bad = [
      `${nonce} ../../etc/shadow`,
      `${nonce} /etc/passwd`,
      `${nonce} system;touch trace`,
      `${nonce} $(touch trace)`,
      `${nonce} \`touch trace\``,
      `${nonce} processes=1;touch`,
      `${nonce} processes=../self/environ`,
      `${nonce} processes=a`,
      `${nonce} *`,
      `${nonce} system|id`,
      `${nonce} 's'`,
      `$(touch trace) system`,
      `${nonce};id system`,
      `${nonce.slice(1)} system`,
      `${nonce}0 system`,
      `${nonce.toUpperCase()} system`,
      `* system`,
      `%s%n system`,
      `\\n system`,
      `-n ${nonce}`,
      `${nonce} ${'system '.repeat(1000)}`,
      `${nonce} ${'a'.repeat(200_000)}`,
      `#@@hello $(touch trace) 1`,
      `#@@hello ${nonce};id 1`,
      `#@@hello ${nonce.slice(2)} 1`,
      `\u0000\u0001\u00ff`,
    ];
    const input = Buffer.from(`${bad.join('\n')}\n${nonce} no_such_section\n${nonce} system`, 'latin1');
    const out = forced(shell, input);
    expect(out).toContain(`@@${nonce} end\n`);
    expectOnlySampler(out);
    // Well-formed ones are answered, without what there is not; a last line without its end is none.
    expect(out).not.toContain('section');
    expect(out).not.toContain('root:');
    expect(readdirSync(empty)).toEqual([]);
  });

  test('whatever comes', () => {
    const word = fc.constantFrom(
      nonce,
      '#@@hello',
      'system',
      'processes=',
      '1,2',
      ' ',
      '\n',
      ';',
      '$(',
      ')',
      '`',
      '|',
      '&',
      '>',
      '<',
      'touch trace',
      '"',
      "'",
      '\\',
      '*',
      '{',
      '}',
      '\u0000',
      '\r',
      '@@',
      '%s',
      '!',
      '~',
      '=',
      'eval',
      'exit',
    );
    const text = fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...shells.slice(0, 4)), text, (shell, parts) => {
        expectOnlySampler(forced(shell, parts.join('')));
        expect(readdirSync(empty)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('sudo', () => {
  test('with the printed file a user sees firewall and failed logins, and may run nothing else', async () => {
    const user = watched();
    const { code, out } = await runToEnd({}, ['print-authorized-key', '--sudoers', user.name]);
    expect(code).toBe(0);
    const file = `/etc/sudoers.d/${user.name}`;
    writeFileSync(file, out, { mode: 0o440 });
    expect(sh(`visudo -c -f ${file}`)).toContain('parsed OK');
    // At once: between a chain that drops everything and its rule, tests beside this one would lose their packets.
    sh('nft -f -', 'table inet t { chain c { type filter hook input priority 0; policy drop; accept; }; }');
    const id = await sonde.admin.add({ ...byKey(server, user, pair.privateKey), statsConfig: { sudo: true } });
    const snapshot = await sonde.admin.watch(id);
    expect(snapshot.firewall).toMatchObject({ type: 'nftables', status: 'active' });
    for (const name of ['firewall', 'login_stats', 'ports'])
      expect([name, snapshot.sections[name].error]).toEqual([name, null]);
    expect(snapshot.sections.login_stats.source).toContain('lastb');

    const tried = [
      'id',
      'sh',
      'nft -a list ruleset',
      'nft -j list ruleset x',
      'nft flush ruleset',
      `iptables-save -f ${user.home}/x`,
      'iptables-save -M /bin/sh',
      'lastb',
      'lastb -f /etc/shadow',
      'ss -tulnp -D x',
      'journalctl',
      'journalctl -q -r -n 500 -o short-iso _COMM=sshd + _COMM=sshd-session -f',
      'visudo',
    ];
    for (const command of tried)
      expect([command, spawnSync('su', ['-s', '/bin/sh', user.name, '-c', `sudo -n ${command}`]).status]).toEqual([
        command,
        1,
      ]);
  });

  test('without it the section says with which line, and that is a line of the file', async () => {
    const user = watched();
    const id = await sonde.admin.add(byKey(server, user, pair.privateKey));
    const { sections } = await sonde.admin.watch(id);
    const { out } = await runToEnd({}, ['print-authorized-key', '--sudoers', user.name]);
    for (const name of ['firewall', 'login_stats']) {
      expect([name, sections[name].error?.reason]).toEqual([name, 'not-permitted']);
      const commands = /NOPASSWD: (.*)\) and turn on sudo/.exec(sections[name].error.hint)?.[1]?.split(', ') ?? [];
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) expect(out).toContain(`    ${command}`);
    }
  });
});

test('a sampler of an older version works with what it has', async () => {
  const old = sampled.filter(({ name }) => name !== 'ports');
  const line = authorizedKey(pair.publicKey).replace(/command=".*?[^\\]" /, '');
  const command = forcedCommand(old).replaceAll('"', '\\"');
  const user = addUser({ authorizedKey: line.replace('restrict,', `restrict,command="${command}" `) });
  const id = await sonde.admin.add(byKey(server, user, pair.privateKey));
  const { body } = await sonde.admin.post(`/metrics/start/${id}`);
  expect(body.connectionLogs).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('another version') }),
  );
  const { sections, system, disk } = (await sonde.admin.get(`/metrics/${id}`)).body;
  expect([system.kernelName, disk.filesystems]).toEqual(['Linux', expect.any(Array)]);
  expect(sections.ports.error).toMatchObject({
    reason: 'not-permitted',
    hint: expect.stringContaining('Replace its line'),
  });
});
