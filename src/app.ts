import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { openAudit } from './audit/audit.ts';
import { openEmbedded } from './backends/embedded.ts';
import { openMemoryHistory } from './backends/history-memory.ts';
import { Closers } from './closers.ts';
import { collectors } from './collectors/index.ts';
import { topProcesses } from './collectors/processes/top.ts';
import { type Config, ConfigError, isLoopback } from './config/config.ts';
import { inspectFiles, removeHalfMade } from './config/data-dir.ts';
import { makeDataDir, readOrMakeSecret, readSmallFile } from './config/secrets.ts';
import { DatabaseError } from './db/errors.ts';
import { lockDataDir } from './db/lock.ts';
import { openDatabase } from './db/sqlite.ts';
import { History } from './history/history.ts';
import { openRecent } from './history/recent.ts';
import type { HostLogin } from './hosts/context.ts';
import { openHosts } from './hosts/hosts.ts';
import { boundClients } from './http/bound-clients.ts';
import { createServer } from './http/server.ts';
import { openIdentity } from './identity/identity.ts';
import { fileLimits } from './lib/bounds/file-limit.ts';
import { createSealer } from './lib/seal.ts';
import { Threads } from './lib/threads.ts';
import { StorageError } from './model/storage.ts';
import type { Clock } from './ports/clock.ts';
import { createControl } from './scheduler/control.ts';
import { openOwnTrouble } from './scheduler/own-trouble.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { openSealingKey } from './sealing/open-key.ts';
import { databaseFile, keepCheck } from './sealing/verify.ts';
import { openKeptStates } from './snapshots/kept-states.ts';
import { writeSnapshots } from './snapshots/writer.ts';
import { KeyOpener } from './ssh/keys/key-opener.ts';

export type App = {
  /** Where it listens, as a URL that can be opened. */
  readonly url: string;
  /** Needed to create the first user when not only this machine can reach Sonde. */
  readonly setupToken: string | null;
  readonly setupRequired: boolean;
  /** What is unsafe about the files that it works with, for the person who starts it. */
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
};

/** More than any chain of certificates. */
const maxPemBytes = 1 << 20;

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/**
 * Builds every part in order, listens, and answers with what closes them in reverse. The only file that names backends.
 * Throws ConfigError for what the operator can fix.
 */
export async function openApp(
  config: Config,
  logger: Logger,
  version: string,
  clock: Clock = systemClock,
): Promise<App> {
  const closers = new Closers((error) => logger.error({ err: error }, 'A part of Sonde could not be closed'));
  const close = (): Promise<void> => closers.close();
  try {
    const onError = (error: unknown): void => logger.error({ err: error }, 'A poll failed with an internal error');
    makeDataDir(config.dataDir);
    closers.push(lockDataDir(config.dataDir));
    removeHalfMade(config.dataDir);
    const sealingKey = openSealingKey(config.dataDir, config.sealingKey);
    const sealer = createSealer(sealingKey);
    const jwtSecret = config.jwtSecret ?? readOrMakeSecret(config.dataDir, 'jwt.key');
    let storage: StorageError | null = null;
    const db = openDatabase(databaseFile(config.dataDir), (trouble) => {
      storage = trouble;
      if (trouble) logger.error({ reason: trouble.reason, err: trouble.cause }, trouble.message);
      else logger.info('The database is writable again');
    });
    closers.push(() => db.destroy());
    await keepCheck(db, sealingKey);

    const identity = openIdentity({ db, jwtSecret, sealer, clock, registration: config.registration });
    const audit = openAudit({
      db,
      clock,
      onError: (error) => logger.error({ err: error }, 'An entry of the audit log could not be written'),
    });
    const onLogin = ({ hostId, hostName, credential, username }: HostLogin): Promise<void> =>
      audit.record({
        action: 'credential-used',
        userId: null,
        username: '',
        hostId,
        target: hostName,
        details: { credential, username },
      });
    const agentSocket = config.sshAgent;
    const threads = new Threads({ maxThreads: 3, maxQueue: 20, memoryMb: 384 });
    closers.push(() => threads[Symbol.asyncDispose]());
    const keys = new KeyOpener((derivation) => logger.debug({ derivation }, 'Opening a private key with a passphrase'));
    closers.push(() => keys[Symbol.asyncDispose]());
    const { keepOpenedKeys } = config;
    const opening = { openKey: keys.open, keepOpenedKeys };
    const hosts = openHosts({ db, sealer, clock, threads, ...opening, agentSocket, onLogin });
    if (!keepOpenedKeys) await hosts.forgetOpenedKeys();
    const { bus, snapshots } = openEmbedded(onError);
    const kept = await openKeptStates(hosts.states, onError);
    closers.push(kept.close);
    closers.push(writeSnapshots(bus, snapshots, kept));
    const recent = openRecent({ bus, snapshots, collectors });
    closers.push(recent.close);
    const history = new History({
      store: openMemoryHistory(clock.now),
      bus,
      snapshots,
      collectors,
      topOf: topProcesses,
      freshMs: (hostId) => 1000 * control.freshForSeconds(hostId),
      onError,
    });
    closers.push(() => history.close());
    await history.apply((await hosts.settings.history.get()).settings);
    const ownTrouble = openOwnTrouble(bus, clock, {
      began: ({ reason, message }) => logger.warn({ reason }, message),
      ended: ({ reason }) => logger.info({ reason }, 'A shortage has ended'),
    });
    closers.push(ownTrouble.close);
    const scheduler = await Scheduler.open({ clock, inventory: hosts.inventory, holds: hosts.holds, bus, onError });
    closers.push(() => scheduler.close());
    const forget = (hostId: number): void => {
      recent.forget(hostId);
      history.forget(hostId);
    };
    const control = createControl({ scheduler, snapshots, clock, forget });
    closers.push(control.close);

    const setupRequired = await identity.users.setupRequired();
    const setupToken = setupRequired && !isLoopback(config.host) ? randomBytes(16).toString('hex') : null;
    const server = await createServer({
      identity,
      audit,
      hosts,
      control,
      snapshots,
      recent,
      history,
      bus,
      clock,
      storage: () => storage,
      lacks: ownTrouble.current,
      logger,
      config: {
        trustedProxies: config.trustedProxies,
        hostNames: { allowed: config.allowedHosts, machine: hostname(), isLoopback: isLoopback(config.host) },
        ...(config.tls ? { tls: readTls(config.tls) } : {}),
        setupToken,
        version,
        registration: config.registration,
      },
    });
    closers.push(() => server.close());
    boundClients(server.server, fileLimits.clients, config.tls !== undefined);
    if (fileLimits.all < 1_024)
      logger.warn(
        fileLimits,
        'The limit of open files is low, so Sonde can monitor only a few hosts at once. Raise ulimit -n',
      );
    await server.listen({ host: config.host, port: config.port });
    const warnings = inspectFiles(config, databaseFile(config.dataDir));
    const address = server.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.port;
    const name = config.host.includes(':') ? `[${config.host}]` : config.host;
    return { url: `${config.tls ? 'https' : 'http'}://${name}:${port}`, setupToken, setupRequired, warnings, close };
  } catch (error) {
    await close();
    throw explain(error, config);
  }
}

function readTls(tls: NonNullable<Config['tls']>): { readonly cert: Buffer; readonly key: Buffer } {
  try {
    const pair = { cert: readSmallFile(tls.certFile, maxPemBytes), key: readSmallFile(tls.keyFile, maxPemBytes) };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    throw new ConfigError(`SONDE_TLS_CERT or SONDE_TLS_KEY cannot be used: ${(error as Error).message}`);
  }
}

function explain(error: unknown, config: Config): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new ConfigError(`Port ${config.port} is in use; set SONDE_PORT to another`);
  if (code === 'EACCES' && syscall === 'listen')
    return new ConfigError(`Listening on port ${config.port} is not permitted; set SONDE_PORT above 1023`);
  if (code === 'EADDRNOTAVAIL') return new ConfigError(`This machine has no address ${config.host}; check SONDE_HOST`);
  if (error instanceof StorageError) return new DatabaseError(`${error.message} (${config.dataDir})`, { cause: error });
  return error;
}
