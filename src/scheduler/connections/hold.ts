import type { Duplex } from 'node:stream';
import { sampled } from '../../collectors/index.ts';
import { readAnnouncement } from '../../collectors/sampler/forced.ts';
import { samplerProgram } from '../../collectors/sampler/sampler.ts';
import { isRefusedWhole, type SudoRefusal } from '../../collectors/sampler/sudo.ts';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { InteractiveLogin, OpenedProxy, WatchTarget } from '../../model/host.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { openConnection } from '../../ssh/connection.ts';
import { failure } from '../../ssh/failures.ts';
import type { ForwardOptions } from '../../ssh/forward.ts';
import { localStream } from '../../ssh/local.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import type { Meter } from '../../ssh/meter.ts';
import { dialThrough } from '../../ssh/proxies.ts';
import { openShell, type Shell } from '../../ssh/shell.ts';

/** A host's connection and the one shell on it. */
export type Held = {
  readonly interactive: InteractiveLogin;
  readonly isOpen: () => boolean;
  /** Whether the SSH server answers over the connection in so many ms. Costs the host nothing and leaves no line in its log. */
  readonly isAlive?: (timeoutMs: number) => Promise<boolean>;
  /**
   * The shell, or a new one on the same connection if the last was closed. A new one is reported to `log`, and skips
   * what sudo is known to refuse. `isNew`: this call opened the shell.
   */
  readonly shell: (log?: Log, refused?: readonly SudoRefusal[], isNew?: boolean) => Promise<Shell>;
  /** The listener receives the reason why it ended. */
  readonly onClose: (listener: (why?: Failure) => void) => void;
  /** Opens a connection from the host onwards. Throws HostError; see ssh/forward.ts. */
  readonly forward: (options: ForwardOptions) => Promise<Duplex>;
  readonly close: () => void;
};

/**
 * Where a connection to a host starts: at the jump host before it, at the proxies, or (with neither) at Sonde itself.
 */
export type Start = {
  readonly via: { readonly held: Held; readonly name: string } | null;
  readonly proxies: readonly OpenedProxy[];
};

const connectMs = 10_000;
const shellMs = 30_000;

const notUnderstood =
  "The sampler in the host's authorized_keys belongs to another version of Sonde; replace its line (sonde print-authorized-key prints it)";

function forcedReady(isCurrent: boolean): string {
  const ready = 'The sampler that this key is limited to is ready';
  return isCurrent ? ready : `${ready}; it belongs to another version of Sonde`;
}

/** Connects to a host and keeps the connection open. Throws HostError. */
export async function openHeld(
  target: WatchTarget,
  start: Start,
  inventory: Pick<Inventory, 'login' | 'knownKeys' | 'noteKey'> & Partial<Pick<Inventory, 'target'>>,
  ask: Ask | null,
  log: Log,
  signal: AbortSignal,
  meter?: Meter,
): Promise<Held> {
  const programFor = (refused: readonly SudoRefusal[] = []) => {
    const sudo = target.policy.sudo && !isRefusedWhole(refused);
    const denied = refused.map(({ command }) => command);
    return (readyToken: string): string => samplerProgram(sampled, { readyToken, sudo, denied });
  };
  if (target.unsupported !== null) throw new HostError(failure('shell', 'unsupported', { said: target.unsupported }));
  if (target.connection === 'local') {
    let closed = false;
    let shell: Shell | null = null;
    return {
      interactive: 'unknown',
      isOpen: () => !closed,
      onClose: () => {},
      forward: () => Promise.reject(new HostError(failure('jump', 'no-forwarding'))),
      shell: async (_log, refused, isNew = false) => {
        if (isNew) shell?.close();
        if (isNew || !shell?.isOpen()) shell = await openShell(await localStream(), programFor(refused), shellMs);
        return shell;
      },
      close: () => {
        closed = true;
        shell?.close();
      },
    };
  }
  const [login, knownKeys] = await Promise.all([inventory.login(target.id), inventory.knownKeys(target.id)]);
  // The record may have been saved since the target was read; use the login of the current record.
  const now = await inventory.target?.(target.id);
  if (now && now.revision !== target.revision) throw new HostError(failure('auth', 'cancelled'));
  if (login === null)
    throw new HostError(failure('auth', 'no-credential', { missing: 'its credential is gone' }), { isUntouched: true });
  if (login.type === 'missing')
    throw new HostError(failure('auth', 'no-credential', { missing: login.why }), { isUntouched: true });
  const connection = await openConnection({
    endpoint: { ...target, login, knownKeys },
    ask,
    noteKey: (sighting) => inventory.noteKey(target.id, sighting),
    log,
    signal,
    timeoutMs: connectMs,
    meter,
    reach: (toLog, until) => reachFrom(start, target, toLog, until),
  });
  let shell: Shell | null = null;
  return {
    interactive: connection.interactive,
    isOpen: connection.isOpen,
    isAlive: connection.isAlive,
    forward: connection.forward,
    onClose: connection.onClose,
    shell: async (told = log, refused = [], isNew = false) => {
      if (isNew) shell?.close();
      else if (shell?.isOpen()) return shell;
      told('info', 'stats_connecting', 'Opening the session');
      shell = await openShell(await connection.openStream(connectMs), programFor(refused), shellMs);
      const forced = readAnnouncement(shell.announced, sampled);
      if (forced?.isUnderstood === false) throw new HostError(failure('shell', 'unsupported', { said: notUnderstood }));
      told('success', 'connected', forced === null ? 'The sampler is ready' : forcedReady(forced.isCurrent));
      return shell;
    },
    close: () => {
      shell?.close();
      connection.close();
    },
  };
}

async function reachFrom({ via, proxies }: Start, to: WatchTarget, log: Log, signal: AbortSignal): Promise<Duplex> {
  const { address, port, deniedNetworks } = to;
  if (via === null) return dialThrough(proxies, { address, port, timeoutMs: connectMs, deniedNetworks }, log, signal);
  log('info', 'tcp', `Connecting to ${address} port ${port} from ${via.name}`);
  try {
    const channel = await via.held.forward({ address, port, from: via.name, timeoutMs: connectMs, signal });
    log('success', 'tcp', 'Connected');
    return channel;
  } catch (error) {
    // The caller that names the jump host reports what it did.
    if (error instanceof HostError && error.failure.stage !== 'jump')
      log('error', error.failure.stage === 'dns' ? 'dns' : 'tcp', error.failure.message);
    throw error;
  }
}
