import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import type { Terminal } from '../../config/terminal.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import type { Login } from '../../model/host.ts';
import { inspectKey, readKey } from '../../ssh/keys/read-key.ts';
import { heldKeys } from '../../ssh/login/agent-keys.ts';
import type { Stop } from './target.ts';

/** The files that ssh tries when none is named. */
const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name));
/** Every login that is refused counts on the host. */
const mostLogins = 3;
const agentMs = 5_000;

export type LoginSource = {
  /** The socket of the SSH agent; null: there is none. */
  readonly agent: string | null;
  readonly terminal: Terminal;
};

/**
 * What to offer to a machine, in order, one login at a time: the keys that were named for it (from the agent if it holds
 * them), otherwise the agent's keys, then the usual files; at last, on a terminal, a password. Asks for a passphrase only
 * when its key's turn has come.
 */
export async function* loginsFor(stop: Stop, source: LoginSource): AsyncGenerator<Login> {
  const { onlyNamed, mayAsk } = stop.local;
  const agent = stop.local.agent === undefined ? source.agent : stop.local.agent;
  const terminal = { ...source.terminal, canAsk: source.terminal.canAsk && mayAsk };
  const held = agent === null ? [] : await heldKeys(agent, AbortSignal.timeout(agentMs)).catch(() => []);
  const holds = new Set(held.map(({ fingerprint }) => fingerprint));
  const isThere = (file: string): boolean => existsSync(file) || existsSync(`${file}.pub`);
  const named = stop.identityFiles.filter(isThere);
  let left = mostLogins;
  const offersAll = agent !== null && held.length > 0 && named.length === 0 && !onlyNamed;
  if (offersAll) {
    left -= 1;
    yield { type: 'agent', agent: { socket: agent }, key: null };
  }
  for (const file of named.length > 0 ? named : usual.filter(existsSync)) {
    const fingerprint = fingerprintIn(file);
    const isHeld = fingerprint !== null && holds.has(fingerprint);
    // The agent has offered it.
    if (isHeld && offersAll) continue;
    if (left === 0) break;
    left -= 1;
    yield isHeld && agent !== null
      ? { type: 'agent', agent: { socket: agent }, key: fingerprint }
      : { type: 'key', key: await open(file, terminal), password: null, certificate: certificateOf(file) };
  }
  if (stop.identityFiles.length > 0 && named.length === 0)
    yield { type: 'missing', why: `there is no file ${stop.identityFiles.join(' or ')}` };
  else if (!terminal.canAsk && left === mostLogins)
    yield {
      type: 'missing',
      why: 'there is no SSH agent with a key, no key in ~/.ssh, and no terminal to ask for a password',
    };
  if (terminal.canAsk) {
    // Nobody types a password before the host's key was checked.
    if (left === mostLogins) yield { type: 'none' };
    const password = await terminal.askSecret(`Password for ${stop.username}@${stop.name}: `);
    yield { type: 'password', password };
  }
}

/** Opens a private key, with its passphrase from the terminal if it needs one. */
async function open(
  file: string,
  terminal: Terminal,
): Promise<{ readonly opened: string } | { readonly refused: string }> {
  try {
    const key = readFileSync(file, 'utf8');
    const { isLocked } = inspectKey(key);
    if (isLocked && !terminal.canAsk)
      return {
        refused: `${file} has a passphrase, and there is no terminal to ask for it: add the key to an SSH agent`,
      };
    const passphrase = isLocked ? await terminal.askSecret(`Passphrase for ${file}: `) : null;
    const read = readKey({ key, passphrase });
    return read.ok ? { opened: read.text } : { refused: `${file}: ${read.message}` };
  } catch (error) {
    // Whoever gives up at the question wants no other login either.
    if (error instanceof ConfigError) throw error;
    return { refused: `${file}: ${(error as Error).message}` };
  }
}

/** The fingerprint of the public key beside a private one, or of a file that is the public one; null if there is none. */
function fingerprintIn(file: string): string | null {
  try {
    return fingerprintOf(readFileSync(file.endsWith('.pub') ? file : `${file}.pub`, 'utf8').split(' ')[1] ?? '');
  } catch {
    return null;
  }
}

/** The certificate beside a private key, as ssh finds it. */
function certificateOf(file: string): string | null {
  try {
    return readFileSync(`${file}-cert.pub`, 'utf8').trim();
  } catch {
    return null;
  }
}
