/** Sudo that refuses: said as it is, asked once a day, and counted in its own log. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, requireRig, type Server, startSshd, stopServers, type User } from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';

const folder = mkdtempSync(join(tmpdir(), 'sudo-'));
const log = join(folder, 'sudo.log');
let ahead = 0;
const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead };
let sonde: Service;
let server: Server;

beforeAll(async () => {
  requireRig('sshd', 'sudo', 'nft');
  writeFileSync(log, '');
  writeFileSync('/etc/sudoers.d/log', `Defaults logfile=${log}, loglinelen=0\n`, { mode: 0o440 });
  server = await startSshd();
  sonde = await startService(folder, clock);
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

/** A user whose sudoers rules these are; `refusals` is how often sudo wrote in its log that it refused something. */
function addSudoer(rules: (user: User) => string): { user: User; refusals: () => number } {
  const user = addUser();
  writeFileSync(`/etc/sudoers.d/${user.name}`, `${rules(user)}\n`, { mode: 0o440 });
  const words = /a password is required|command not allowed|user NOT in sudoers|no tty/;
  const refusals = (): number =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes(` ${user.name} : `) && words.test(line)).length;
  return { user, refusals };
}

const add = (user: User): Promise<number> =>
  sonde.admin.add({ ...byPassword(server, user), statsConfig: { sudo: true } });
const holdsOf = async (id: number): Promise<Json[]> => (await sonde.admin.get(`/hosts/${id}/holds`)).body.holds;
/** All that is asked of a host, once. */
async function cycle(id: number): Promise<Json> {
  ahead += 601_000;
  return (await sonde.admin.watch(id)).sections;
}

test.each<[what: string, rules: (user: User) => string, said: RegExp, hint: RegExp, alerts: number]>([
  [
    'that asks this login for a password',
    ({ name }) => `${name} ALL=(ALL) ALL`,
    /asks this login for a password/,
    /NOPASSWD is missing/,
    2,
  ],
  [
    'that wants a terminal',
    ({ name }) => `Defaults:${name} requiretty\n${name} ALL=(ALL) NOPASSWD: ALL`,
    /on terminals.*must have a tty/,
    /!requiretty/,
    1,
  ],
  ['that does not know the login', () => '', /asks this login for a password|not in sudoers/, /NOPASSWD/, 2],
])('sudo %s is asked once, and the sections say what it said', async (_, rules, said, hint, alerts) => {
  const { user, refusals } = addSudoer(rules);
  const id = await add(user);
  for (let time = 0; time < 3; time += 1) {
    const { sections } = await sonde.admin.watch(id);
    ahead += 1_000;
    for (const name of ['firewall', 'login_stats', 'ports'])
      expect([name, sections[name].error]).toMatchObject([
        name,
        { reason: 'not-permitted', message: expect.stringMatching(said), hint: expect.stringMatching(hint) },
      ]);
  }
  expect(refusals()).toBe(alerts);
  expect(await holdsOf(id)).toMatchObject([
    {
      what: 'sudo',
      since: expect.any(String),
      until: expect.any(String),
      failure: { message: expect.stringMatching(/sudo/) },
    },
  ]);
});

test('what sudo refused is remembered over restarts and connections, and asked again after a day, a change, or by a person', async () => {
  const { user, refusals } = addSudoer(({ name }) => `${name} ALL=(ALL) ALL`);
  const id = await add(user);
  await cycle(id);
  // Of the command, and of the list of what is permitted.
  expect(refusals()).toBe(2);
  for (let restart = 0; restart < 3; restart += 1) {
    await sonde.close();
    sonde = await startService(folder, clock);
    expect((await sonde.admin.watch(id)).sections.firewall.error.message).toMatch(/asks this login for a password/);
  }
  expect(refusals()).toBe(2);

  // By a person, though not by one who presses again and again.
  expect((await cycle(id)).firewall.error.message).toMatch(/asks this login for a password/);
  expect(refusals()).toBe(4);
  await sonde.admin.watch(id);
  await sonde.admin.watch(id);
  expect(refusals()).toBe(4);
  for (const sudo of [false, true]) await sonde.admin.put(`/host/db/host/${id}`, { statsConfig: { sudo } });
  await sonde.admin.watch(id);
  expect(refusals()).toBe(6);
  writeFileSync(`/etc/sudoers.d/${user.name}`, `${user.name} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
  expect((await cycle(id)).firewall.error).toBeNull();
  expect(await holdsOf(id)).toEqual([]);
});

test('a command that is not permitted is asked for once; those that are go on', async () => {
  const { user, refusals } = addSudoer(({ name }) => `${name} ALL=(root) NOPASSWD: /usr/bin/ss -tulnp`);
  const id = await add(user);
  await cycle(id);
  const first = refusals();
  expect(first).toBeGreaterThan(0);
  ahead += 30_000;
  await sonde.close();
  sonde = await startService(folder, clock);
  const { sections } = await sonde.admin.watch(id);
  expect(sections.ports.error).toBeNull();
  expect(sections.firewall.error).toMatchObject({ message: expect.stringMatching(/does not allow .* nft/) });
  expect(refusals()).toBe(first);
});
