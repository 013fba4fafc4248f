/** All of Sonde, as `npm start` runs it, for system tests: on a free port, with its own data folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/config.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Server, User } from './rig.ts';

/** Raw JSON: tests read fields and compare, so its shape is left open. */
// biome-ignore lint/suspicious/noExplicitAny: a body's shape is what a test finds out
export type Json = any; // oxlint-disable-line typescript/no-explicit-any
export type Answer = { readonly status: number; readonly body: Json };

/** One user of the API, with a Bearer token. */
export type Person = {
  readonly token: string;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body?: object) => Promise<Answer>;
  readonly put: (path: string, body: object) => Promise<Answer>;
  readonly delete: (path: string, body?: object) => Promise<Answer>;
  /** Adds a host and returns its id. Without statsConfig it is only looked at when a test asks. */
  readonly add: (host: object) => Promise<number>;
  /** Starts a host and returns its snapshot; throws if that fails. */
  readonly watch: (id: number) => Promise<Json>;
};

export type Service = {
  readonly url: string;
  readonly admin: Person;
  /** Adds a user and logs in as them. */
  readonly user: (name: string) => Promise<Person>;
  /** A user who already exists. */
  readonly logIn: (name: string) => Promise<Person>;
  readonly close: () => Promise<void>;
};

/** Every user's in tests. */
export const password = 'correct horse battery';

type Environment = Readonly<Record<string, string>>;

/** Starts Sonde before the first user exists. */
export function startApp(
  dataDir: string,
  clock?: Clock,
  port = 0,
  env: Environment = {},
  logger: Logger = pino({ level: 'silent' }),
): Promise<App> {
  const config = { ...readConfig({ SONDE_DATA_DIR: dataDir, ...env }), port };
  return openApp(config, logger, 'test', clock);
}

/** Starts Sonde and creates the admin. Pass the same `dataDir` again to restart it, and a clock to let time pass. */
export async function startService(
  dataDir?: string,
  clock?: Clock,
  port = 0,
  env: Environment = {},
  logger?: Logger,
): Promise<Service> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'sonde-'));
  const app = await startApp(folder, clock, port, env, logger);
  if (app.setupRequired) await call('POST', '/users/create', null, { username: 'admin', password });
  const admin = await logIn('admin');
  if (app.setupRequired) {
    // Test hosts are on this machine, including those of non-admins, and are sampled when a test asks.
    await admin.post('/global-settings', { deniedNetworks: [] });
    await admin.post('/global-settings/history', { enabled: false });
  }

  async function call(method: string, path: string, token: string | null, body?: object): Promise<Answer> {
    const headers = {
      ...(token === null ? { 'X-Electron-App': 'true' } : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${app.url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: text === '' ? null : isJson ? JSON.parse(text) : text };
  }

  async function logIn(username: string): Promise<Person> {
    const { body } = await call('POST', '/users/login', null, { username, password });
    const { token } = body as { token: string };
    const get = (path: string) => call('GET', path, token);
    const post = (path: string, sent?: object) => call('POST', path, token, sent);
    return {
      token,
      get,
      post,
      put: (path, sent) => call('PUT', path, token, sent),
      delete: (path, sent) => call('DELETE', path, token, sent),
      add: async (host) => expectOk(await post('/host/db/host', { statsConfig: quiet, ...host })).id as number,
      watch: async (id) => {
        expectOk(await post(`/metrics/start/${id}`));
        return expectOk(await get(`/metrics/${id}`));
      },
    };
  }

  return {
    url: app.url,
    admin,
    user: async (name) => {
      expectOk(await admin.post('/users/create', { username: name, password }));
      return logIn(name);
    },
    logIn,
    close: async () => {
      await app.close();
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** No status checks except those that a test makes. */
const quiet = { statusCheckEnabled: true, statusCheckInterval: 3600, useGlobalStatusInterval: false };

function expectOk({ status, body }: Answer): Json {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body, null, 1)}`);
  return body;
}

/** A host record that logs in with a password. */
export function byPassword(server: Server, user: User): object {
  return {
    name: user.name,
    ip: server.host,
    port: server.port,
    username: user.name,
    authType: 'password',
    password: user.password,
  };
}

/** A host record that logs in with a key. */
export function byKey(server: Server, user: User, key: string, keyPassword?: string): object {
  return {
    name: user.name,
    ip: server.host,
    port: server.port,
    username: user.name,
    authType: 'key',
    key,
    keyPassword,
  };
}
