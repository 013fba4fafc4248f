/**
 * Logins with a key that has a passphrase of a hundred rounds, compared with logins with a plain one, alternating in
 * one run.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { addUser, newPath, startSshd } from '../test/support/rig.ts';
import { atMost, type Row, told } from './report.ts';
import { type Sonde, startSonde } from './sonde.ts';

const passphrase = 'open sesame';

export async function keys(isQuick: boolean): Promise<readonly Row[]> {
  const [sonde, server] = [await startSonde(), await startSshd()];
  const make = (words: string) => {
    const file = newPath('key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '100', '-N', words, '-f', file]);
    const user = addUser({ authorizedKey: readFileSync(`${file}.pub`, 'utf8').trim() });
    const login = { username: user.name, authType: 'key', key: readFileSync(file, 'utf8'), keyPassword: words };
    return {
      name: user.name,
      ip: server.host,
      port: server.port,
      statsConfig: { statusCheckEnabled: false },
      ...login,
    };
  };
  const add = async (host: object) => {
    const begin = performance.now();
    const { id } = await sonde.call('POST', '/host/db/host', host);
    return { id: Number(id), savedMs: performance.now() - begin };
  };
  const [open, closed] = [make(''), make(passphrase)];
  const plain = await add(open);
  const waits = longestWait(sonde);
  const locked = await add(closed);
  const waitMs = await waits();
  const idle = longestWait(sonde);
  await new Promise((done) => setTimeout(done, locked.savedMs));
  const idleMs = await idle();
  const [plainMs, lockedMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < (isQuick ? 5 : 40); round += 1) {
    plainMs.push(await logIn(sonde, plain.id));
    lockedMs.push(await logIn(sonde, locked.id));
  }
  await sonde.stop();
  await server.stop();
  return [
    told('saving a key with a passphrase of 100 rounds', locked.savedMs / 1000, 's'),
    told('longest answer of /health meanwhile', waitMs, 'ms'),
    told('the same while nothing happens, for as long', idleMs, 'ms'),
    told('a login with a plain key, and a sample', median(plainMs), 'ms'),
    atMost('the same with the key that has the passphrase', median(lockedMs) / median(plainMs), 1.25, 'times'),
  ];
}

/** How long one login and one sample take, ms. */
async function logIn(sonde: Sonde, hostId: number): Promise<number> {
  const begin = performance.now();
  const answer = await fetch(`${sonde.url}/connection-tests`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${sonde.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ hostId }),
  });
  const events = await answer.text();
  if (!events.includes('"outcome":"ok"')) throw new Error(`the login failed: ${events}`);
  return performance.now() - begin;
}

/** Keeps requesting /health until it is called; returns the longest wait, ms. */
function longestWait(sonde: Sonde): () => Promise<number> {
  let longest = 0;
  let goesOn = true;
  const asking = (async () => {
    while (goesOn) {
      const begin = performance.now();
      await sonde.call('GET', '/health');
      longest = Math.max(longest, performance.now() - begin);
      await new Promise((done) => setTimeout(done, 5));
    }
  })();
  return async () => {
    goesOn = false;
    await asking;
    return longest;
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
