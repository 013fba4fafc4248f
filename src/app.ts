import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Alerts } from './alerts/alerts.ts';
import { ownSources } from './alerts/own/sources.ts';
import { openAudit } from './audit/audit.ts';
import { openEmbedded } from './backends/embedded.ts';
import { openHistoryStore } from './backends/history-store.ts';
import { Changes } from './changes/changes.ts';
import { endOfTls } from './changes/endings.ts';
import { Closers } from './closers.ts';
import { collectors } from './collectors/index.ts';
import { topProcesses } from './collectors/processes/top.ts';
import { type Config, ConfigError } from './config/config.ts';
import { databaseFile, inspectFiles, removeHalfMade, requireRestored } from './config/data-dir.ts';
import { makeDataDir, readOrMakeSecret } from './config/secrets.ts';
import { DatabaseError } from './db/errors.ts';
import { lockDataDir } from './db/lock.ts';
import type { Database } from './db/schema.ts';
import { openDatabase } from './db/sqlite.ts';
import { Deliveries } from './deliveries/deliveries.ts';
import { openExports } from './exports.ts';
import { History } from './history/history.ts';
import { openRecent } from './history/recent.ts';
import type { HostLogin } from './hosts/context.ts';
import { type Hosts, openHosts } from './hosts/hosts.ts';
import { openIdentity } from './identity/identity.ts';
import { placeOf } from './lib/names/place.ts';
import type { Sealer } from './lib/seal.ts';
import { Threads } from './lib/threads.ts';
import { unleaping } from './lib/unleaping.ts';
import { type Listening, listen } from './listen.ts';
import type { Snapshot } from './model/snapshot.ts';
import { StorageError } from './model/storage.ts';
import { createPing } from './notifiers/ping.ts';
import { createSender } from './notifiers/send.ts';
import { openSignIn } from './open-sign-in.ts';
import type { Bus } from './ports/bus.ts';
import type { Clock } from './ports/clock.ts';
import { reporter } from './reporter.ts';
import { Canaries } from './scheduler/canaries.ts';
import { createControl } from './scheduler/control.ts';
import { openOwnTrouble } from './scheduler/own-trouble.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import type { SchedulerOptions } from './scheduler/scheduler-options.ts';
import { openSealingKey } from './sealing/open-key.ts';
import { openKeptStates } from './snapshots/kept-states.ts';
import { writeSnapshots } from './snapshots/writer.ts';
import { KeyOpener } from './ssh/keys/key-opener.ts';

export type App = Listening & {
  /** What is unsafe about the files that it works with, for the operator. */
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
};

/** What every part receives when it is opened. */
type Base = {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Closes what was opened, in reverse. */
  readonly closers: Closers;
};

type Storage = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly jwtSecret: Buffer;
  /** Why nothing can be saved now; null if saving works. */
  readonly trouble: () => StorageError | null;
};

/** What is kept with an incident of its last values, and how old its processes may be. */
const mostPoints = 60;
const topFreshMs = 300_000;

/** What waits for other machines at the end has so long, together; all of closing has 4.5 s (src/start.ts). */
const farewellMs = 2_500;

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/**
 * Builds every part in order, listens, and returns what closes them in reverse. The only file that names backends.
 * Throws ConfigError for what the operator can fix.
 */
export async function openApp(
  config: Config,
  logger: Logger,
  version: string,
  clock: Clock = systemClock,
): Promise<App> {
  const onError = (error: unknown): void => logger.error({ err: error }, 'A part of Sonde could not be closed');
  const closers = new Closers(onError, farewellMs);
  const close = (): Promise<void> => closers.close();
  const base = { config, logger, clock, closers };
  try {
    const storage = await openStorage(base);
    const { db, jwtSecret, sealer } = storage;
    const identity = openIdentity({ db, jwtSecret, sealer, clock, registration: config.registration });
    const signIn = await openSignIn(config, logger, storage, identity, clock);
    const audit = openAudit({
      db,
      clock,
      oldBy: unleaping(clock),
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
    const hosts = await openInventory(base, storage, onLogin);
    const watching = await openWatching(base, hosts, storage);
    const exports = await openExports({ ...base, version }, storage, hosts, watching);
    const parts = { identity, signIn, audit, hosts, ...watching, ...exports, clock, storage: storage.trouble };
    const listening = await listen(parts, { config, logger, version, closers });
    return { ...listening, warnings: inspectFiles(config), close };
  } catch (error) {
    await close();
    throw explain(error, config);
  }
}

/** The data folder: its lock, the keys in it, and the database. */
async function openStorage({ config, logger, closers }: Base): Promise<Storage> {
  const { dataDir } = config;
  makeDataDir(dataDir);
  closers.push(lockDataDir(dataDir));
  requireRestored(dataDir);
  removeHalfMade(dataDir);
  const { sealer, keepCheck } = openSealingKey(dataDir, config.sealingKey);
  const jwtSecret = config.jwtSecret ?? readOrMakeSecret(dataDir, 'jwt.key');
  let storage: StorageError | null = null;
  const db = openDatabase(databaseFile(dataDir), (trouble) => {
    storage = trouble;
    if (trouble) logger.error({ reason: trouble.reason, err: trouble.cause }, trouble.message);
    else logger.info('The database is writable again');
  });
  closers.push(() => db.destroy());
  // What says goodbye writes into the database how it went.
  closers.join();
  await keepCheck(db);
  return { db, sealer, jwtSecret, trouble: () => storage };
}

/** The hosts, with the threads that read uploads and open keys. */
async function openInventory(
  { config, logger, clock, closers }: Base,
  { db, sealer }: Storage,
  onLogin: (login: HostLogin) => Promise<void>,
): Promise<Hosts> {
  const threads = new Threads({ maxThreads: 3, maxQueue: 20, memoryMb: 384 });
  closers.push(() => threads[Symbol.asyncDispose]());
  const keys = new KeyOpener((derivation) => logger.debug({ derivation }, 'Opening a private key with a passphrase'));
  closers.push(() => keys[Symbol.asyncDispose]());
  const { keepOpenedKeys, sshAgent: agentSocket } = config;
  const openKey = keys.open;
  const hosts = openHosts({ db, sealer, clock, threads, openKey, keepOpenedKeys, agentSocket, onLogin });
  if (!keepOpenedKeys) await hosts.forgetOpenedKeys();
  return hosts;
}

/** The scheduler, and everything that follows its observations. */
async function openWatching(base: Base, hosts: Hosts, storage: Storage) {
  const { config, logger, clock, closers } = base;
  const { db } = storage;
  const onError = reporter(logger, 'A poll failed with an internal error');
  const { bus, snapshots } = openEmbedded(onError);
  const kept = await openKeptStates(hosts.states, onError);
  closers.push(kept.close);
  closers.push(writeSnapshots(bus, snapshots, kept));
  const recent = openRecent({ bus, snapshots, collectors });
  closers.push(recent.close);
  // Before history begins, which writes when this life runs.
  const ranUntil = (await hosts.spans.open()).run?.until ?? null;
  const history = await History.open({
    store: openHistoryStore(config.dataDir, clock.now, logger),
    spans: hosts.spans,
    clock,
    bus,
    snapshots,
    collectors,
    topOf: topProcesses,
    freshMs: (hostId) => 1000 * control.freshForSeconds(hostId),
    onError,
  });
  closers.push(() => history.close());
  await history.apply((await hosts.settings.history.get()).settings);
  const deliveries = openDeliveries(base, storage);
  const alerts = await Alerts.open({
    db,
    bus,
    clock,
    snapshots,
    collectors,
    hosts: hosts.forAlerts,
    onHostChange: hosts.onChange,
    ranUntil,
    contextOf: (hostId, metric, labels) => ({
      points: metric === null ? null : recent.points(hostId, metric, labels, mostPoints),
      top: newestTop(snapshots.get(hostId)),
    }),
    past: (query, signal) => history.query(query, signal),
    own: ownSources(db, config.dataDir, storage.trouble),
    tell: deliveries.tell,
    check: (hostIds) => control.poll(hostIds),
    onError: reporter(logger, 'A change of an alert could not be stored'),
  });
  closers.push(() => alerts[Symbol.asyncDispose]());
  await deliveries.follow(alerts);
  const changes = await Changes.open({
    db,
    bus,
    clock,
    hosts: hosts.forAlerts,
    onHostChange: hosts.onChange,
    ranUntil,
    onHostCertificate: hosts.inventory.onCertificate,
    certificates: async () => {
      const logins = await hosts.certificateEnds();
      return [...logins.map((one) => ({ ...one, what: 'login-certificate' as const })), ...endOfTls(config.tls)];
    },
    onError: reporter(logger, 'A change of a host could not be stored'),
  });
  closers.push(() => changes[Symbol.asyncDispose]());
  const onCutOff = (isCutOff: boolean): void => alerts.cutOff(isCutOff);
  const { scheduler, lacks } = await openPolling(base, hosts, bus, { onCutOff, onError });
  const forget = (hostId: number): void => {
    recent.forget(hostId);
    // A client may say that a host is deleted before it is, or although it is not.
    const isThere = hosts.inventory.target(hostId).then((target) => target !== null);
    isThere.then((stays) => (stays ? undefined : history.forget(hostId))).catch(onError);
  };
  const control = createControl({ scheduler, snapshots, clock, forget });
  closers.push(control.close);
  return { bus, snapshots, recent, history, alerts, changes, deliveries, control, lacks };
}

/** What polls the hosts, and what is learned from it about this machine. */
async function openPolling(
  { clock, logger, closers }: Base,
  hosts: Hosts,
  bus: Bus,
  told: Required<Pick<SchedulerOptions, 'onCutOff' | 'onError'>>,
) {
  const ownTrouble = openOwnTrouble(bus, clock, {
    began: ({ reason, message }) => logger.warn({ reason }, message),
    ended: ({ reason }) => logger.info({ reason }, 'A shortage has ended'),
  });
  closers.push(ownTrouble.close);
  const canaries = new Canaries({
    named: async () => (await hosts.settings.get()).canaries.flatMap((one) => placeOf(one) ?? []),
  });
  const { inventory, holds } = hosts;
  const scheduler = await Scheduler.open({ clock, inventory, holds, bus, canaries, ...told });
  closers.push(() => scheduler.close());
  return { scheduler, lacks: ownTrouble.current };
}

/** Where users are told what happens. */
function openDeliveries({ config, logger, clock, closers }: Base, { db, sealer, trouble }: Storage): Deliveries {
  const reach = { permitted: config.notifyNetworks, proxy: config.notifyProxy };
  const deliveries = new Deliveries({
    db,
    sealer,
    clock,
    send: createSender({ ...reach, now: clock.now }),
    ping: createPing(reach),
    trouble: () => trouble()?.message ?? null,
    newKey: randomUUID,
    baseUrl: config.publicUrl,
    onError: reporter(logger, 'A message could not be sent'),
  });
  closers.pushFarewell((signal) => deliveries.close(signal));
  return deliveries;
}

/** The processes that used most, where they were read lately. */
function newestTop(snapshot: Snapshot | undefined) {
  const { processes } = snapshot?.sections ?? {};
  const at = processes?.collectedAt ?? 0;
  if (!processes || at < (snapshot?.sampledAt ?? 0) - topFreshMs) return null;
  const top = topProcesses({ sections: [{ name: 'processes', ...processes, collectedAt: at }] });
  return top && { at, ...top };
}

function explain(error: unknown, config: Config): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new ConfigError(`Port ${config.port} is in use. Set SONDE_PORT to another one`);
  if (code === 'EACCES' && syscall === 'listen')
    return new ConfigError(`Listening on port ${config.port} is not permitted. Set SONDE_PORT above 1023`);
  if (code === 'EADDRNOTAVAIL') return new ConfigError(`This machine has no address ${config.host}. Check SONDE_HOST`);
  if (error instanceof StorageError) return new DatabaseError(`${error.message} (${config.dataDir})`, { cause: error });
  return error;
}
