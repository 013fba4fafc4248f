/**
 * Lives of a real Sonde that end with SIGKILL while incidents open and close and services are told. Its clock is the real one; that
 * a message has gathered for long enough is written into its database between two lives.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSink, type Seen } from './notify-sink.ts';
import { start } from './program.ts';
import { freePort, newPath, waitFor } from './rig.ts';
import type { Json } from './service.ts';

export type Killed = {
  /** What was answered to be open, or closed, and is not. */
  readonly forgotten: readonly string[];
  readonly incidents: number;
  /** Incidents whose opening, or close, nobody was told. */
  readonly lost: readonly string[];
  /** By the kind of channel: messages that came again, although at no kill they were being sent that often. */
  readonly doubled: readonly string[];
  /** Messages that came again; and how many were being sent as Sonde was killed. */
  readonly again: number;
  readonly underWay: number;
  /** Messages that a service which knows them by their keys would have taken twice. */
  readonly keyedDoubles: number;
  readonly messages: number;
};

type Options = {
  readonly kills: number;
  readonly random: () => number;
  readonly hosts: number;
  readonly longestMs: number;
};
type Call = (method: string, path: string, body?: object) => Promise<{ readonly status: number; readonly body: Json }>;

const admin = { username: 'admin', password: 'correct horse battery' };
const channels = (url: string) => [
  { kind: 'webhook', name: 'hook', config: { url: `${url}/hook` } },
  { kind: 'ntfy', name: 'ntfy', config: { url: `${url}/ntfy`, topic: 'sonde' } },
  {
    kind: 'matrix',
    name: 'matrix',
    config: { url: `${url}/matrix`, room: '!room:example.org', token: 'of-the-writer' },
  },
];

/** Kills it so often, lets it live once more until everything is told, and says what came of it. */
export async function killAgainAndAgain({ kills, random, hosts, longestMs }: Options): Promise<Killed> {
  const [folder, port] = [newPath('killed'), await freePort('127.0.0.1')];
  const sink = await openSink();
  const answered = new Set<string>();
  sink.behave((response, seen) => {
    const body = seen.path.startsWith('/matrix') ? '{"event_id":"$1"}' : '{"id":"1"}';
    setTimeout(() => {
      answered.add(String(seen.headers['webhook-id'] ?? ''));
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    }, 500 * random());
  });
  const env = {
    SONDE_PORT: String(port),
    SONDE_DATA_DIR: folder,
    SONDE_NOTIFY_NETWORKS: '127.0.0.0/8',
    SONDE_LOG_LEVEL: 'silent',
  };
  const database = <Result>(use: (sqlite: DatabaseSync) => Result): Result => {
    const sqlite = new DatabaseSync(join(folder, 'sonde.db'));
    try {
      return use(sqlite);
    } finally {
      sqlite.close();
    }
  };
  let { child, ended, url } = await start(env);
  const call = await prepare(url, sink.url, hosts);
  const fate: Fate = { random, next: 1, last: hosts, open: [], opened: new Set(), closed: new Set() };
  const claimed = new Map<string, number>();
  let seenBefore = 0;
  for (let life = 0; life < kills; life += 1) {
    const dying = new AbortController();
    // Every second life is killed while a service is told, and lives no longer than the others if there is nothing to tell. In the second
    // one there always is: the first one left an incident that is open.
    const isTold = (): boolean => sink.seen.length > seenBefore;
    if (life === 1) await waitFor(isTold, 60_000, 'a service to be told');
    const living = live(call, fate, dying.signal);
    if (life % 2 === 1) await waitFor(isTold, longestMs, 'a service to be told').catch(() => {});
    await sleep(life % 2 === 1 ? 400 * random() : longestMs * random() + 500);
    if (life === 0) await waitFor(() => fate.opened.size > 1, 60_000, 'Sonde to open incidents');
    child.kill('SIGKILL');
    dying.abort();
    await Promise.all([ended, living]);
    seenBefore = sink.seen.length;
    const isDue = life === 0 || random() < 0.8;
    database((sqlite) => {
      for (const { key } of sqlite.prepare("SELECT key FROM deliveries WHERE state = 'claimed'").all())
        claimed.set(String(key), (claimed.get(String(key)) ?? 0) + 1);
      if (isDue) sqlite.exec("UPDATE deliveries SET due_at = 1 WHERE state = 'waiting'");
    });
    ({ child, ended, url } = await start(env));
  }
  // What is over by itself only with time is closed by hand; then a last life tells all that is left.
  await closeAll(call, fate);
  child.kill('SIGTERM');
  await ended;
  database((sqlite) => sqlite.exec("UPDATE deliveries SET due_at = 1 WHERE state = 'waiting'"));
  ({ child, ended } = await start(env));
  const left = (sqlite: DatabaseSync) =>
    sqlite.prepare("SELECT id FROM deliveries WHERE state IN ('waiting', 'pending', 'claimed')").all();
  await waitFor(() => database(left).length === 0, 60_000, 'everything to be told');
  child.kill('SIGTERM');
  await ended;
  await sink.close();
  return { ...database((sqlite) => accountOf(sqlite, answered, fate)), ...doublesOf(sink.seen, claimed) };
}

/** An admin with hosts that nobody checks, a rule that a note about a host opens, and channels. */
async function prepare(url: string, sink: string, hosts: number): Promise<Call> {
  let token = '';
  const call: Call = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === '' ? { 'X-Electron-App': 'true' } : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const done: (...asked: Parameters<Call>) => Promise<void> = async (method, path, sent) => {
    const { status, body } = await call(method, path, sent);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  };
  await done('POST', '/users/create', admin);
  token = String((await call('POST', '/users/login', admin)).body.token);
  const off = { statusCheckEnabled: false, metricsEnabled: false };
  for (let host = 1; host <= hosts; host += 1)
    await done('POST', '/host/db/host', {
      name: `host ${host}`,
      ip: '192.0.2.1',
      port: 22,
      username: 'x',
      authType: 'password',
      password: 'x',
      statsConfig: off,
    });
  const condition = { kind: 'event', events: ['annotation'], windowSeconds: 86_400 };
  await done('POST', '/rules', { name: 'Noted', severity: 'warning', condition });
  for (const channel of channels(sink)) await done('POST', '/channels', channel);
  return call;
}

/** What was asked for, and what Sonde answered to have done. Each host has one incident. */
type Fate = {
  readonly random: () => number;
  next: number;
  readonly last: number;
  /** The hosts whose incident is open and not asked to close. */
  open: number[];
  readonly opened: Set<number>;
  readonly closed: Set<number>;
};

/** Opens and closes incidents as fast as Sonde answers, until it is killed. */
async function live(call: Call, fate: Fate, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // One stays open, so that there is always something to tell.
    const isClose = fate.open.length > 1 && fate.random() < 0.45;
    try {
      if (isClose) await close(call, fate, fate.open.shift() ?? 0);
      else if (fate.next <= fate.last) {
        const host = fate.next;
        fate.next += 1;
        const { status } = await call('POST', '/events', { host, text: `note ${host} ${randomUUID()}` });
        if (status === 201) {
          fate.opened.add(host);
          fate.open.push(host);
        }
      }
    } catch {
      // It was killed; whether it had done it, it did not say.
    }
    await sleep(60 * fate.random());
  }
}

async function close(call: Call, fate: Fate, host: number): Promise<void> {
  const { body } = await call('GET', `/incidents?host=${host}&state=open`);
  const id = body.incidents?.[0]?.id;
  if (id !== undefined && (await call('POST', `/incidents/${id}/close`)).status === 200) fate.closed.add(host);
}

async function closeAll(call: Call, fate: Fate): Promise<void> {
  const { body } = await call('GET', '/incidents?state=open&limit=200');
  for (const { id, hostId } of body.incidents)
    if ((await call('POST', `/incidents/${id}/close`)).status === 200) fate.closed.add(hostId);
}

function accountOf(sqlite: DatabaseSync, answered: ReadonlySet<string>, { opened, closed }: Fate) {
  // A message names the first ones and counts the rest; which it was about is in the database.
  const told = new Set(
    sqlite
      .prepare(
        "SELECT key, incident_id, transition FROM delivery_items JOIN deliveries ON id = delivery_id WHERE state = 'sent'",
      )
      .all()
      .flatMap(({ key, incident_id: id, transition }) =>
        answered.has(String(key)) ? `${String(id)} ${String(transition)}` : [],
      ),
  );
  const rows = sqlite.prepare("SELECT id, host_id, closed_at FROM incidents WHERE rule_key LIKE 'rule:%'").all();
  const over = new Set(
    sqlite
      .prepare("SELECT incident_id FROM incident_log WHERE text = 'Not told: it was over before it was told'")
      .all()
      .map((row) => row.incident_id),
  );
  const hosts = new Map(rows.map((row) => [Number(row.host_id), row]));
  return {
    incidents: rows.length,
    forgotten: [
      ...[...opened].filter((host) => !hosts.has(host)).map((host) => `opening of host ${host}`),
      ...[...closed].filter((host) => hosts.get(host)?.closed_at === null).map((host) => `close of host ${host}`),
    ],
    lost: rows
      .filter(({ id }) => !over.has(id) && !told.has(`${String(id)} close`))
      .map(({ id }) => `incident ${String(id)}`),
  };
}

/** Each service knows a message by its key, or it does not: then the same text twice is one too many. */
function doublesOf(seen: readonly Seen[], claimed: ReadonlyMap<string, number>) {
  const keyOf: Record<string, (one: Seen) => string> = {
    hook: ({ headers }) => String(headers['webhook-id']),
    matrix: ({ path }) => decodeURIComponent(path.split('/').at(-1) ?? ''),
    ntfy: ({ body }) => body,
  };
  const byKind = Map.groupBy(seen, ({ path }) => path.split('/')[1] ?? '');
  let [again, keyedDoubles] = [0, 0];
  const doubled: string[] = [];
  const underWay = [...claimed.values()].reduce((sum, one) => sum + one, 0);
  for (const [kind, all] of byKind) {
    for (const [key, same] of Map.groupBy(all, keyOf[kind] ?? String)) {
      again += same.length - 1;
      // The same key with another text would be two messages to nobody but the service.
      if (kind !== 'ntfy') keyedDoubles += new Set(same.map(({ body }) => body)).size - 1;
      if (kind !== 'ntfy' && same.length - 1 > (claimed.get(key) ?? 0)) doubled.push(`${kind} ${key}`);
    }
  }
  const { ntfy = [] } = Object.fromEntries(byKind);
  const texts = new Set(ntfy.map(keyOf.ntfy as (one: Seen) => string));
  if (again > underWay)
    doubled.push(`${again} came again, ${underWay} were being sent; ${ntfy.length - texts.size} of them by ntfy`);
  return { again, underWay, doubled, keyedDoubles, messages: seen.length - again };
}
