/** Every route × everybody who may ask × every host they may ask of; and who is told what of sharing, scopes and the audit log. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, demands } from '../../src/http/access.ts';
import { requireRig } from '../support/rig.ts';
import { type Json, type Person, password, type Service, startService } from '../support/service.ts';

/** What a route is expected to ask for, and a request that whoever may send it gets `ok` for. */
type Rule = {
  readonly access: Access;
  /** What is needed of the host that is named; in the path, or where `inBody` says so, in the body. */
  readonly host?: 'view' | 'manage' | 'owner';
  readonly inBody?: true;
  readonly body?: object;
  readonly ok?: number;
  /** What is answered for hosts that are foreign or not there; 404. */
  readonly missing?: number;
  /** Each request takes its host, or its session, away: it is sent to a fresh one, or only by those who are refused. */
  readonly takes?: 'host' | 'session';
};

const host = { name: 'x', ip: '127.0.0.1', port: 1, username: 'x', authType: 'password', password: 'x' };
const quiet = { statusCheckEnabled: false };
const rules: Readonly<Record<string, Rule>> = {
  'GET /health': { access: 'public' },
  'GET /version': { access: 'public' },
  'GET /openapi.json': { access: 'public' },
  'GET /users/setup-required': { access: 'public' },
  'GET /users/registration-allowed': { access: 'public' },
  'GET /users/password-login-allowed': { access: 'public' },
  'GET /users/oidc-config': { access: 'public' },
  'GET /users/oidc/authorize': { access: 'public', ok: 404 },
  'GET /users/oidc/callback': { access: 'public', ok: 302 },
  'POST /users/create': { access: 'public', ok: 400 },
  'POST /users/login': { access: 'public', ok: 400 },
  'POST /users/totp/verify-login': { access: 'public', ok: 400 },

  'POST /users/logout': { access: 'session', takes: 'session' },
  'GET /users/me': { access: 'read' },
  'POST /users/change-password': { access: 'session', ok: 400 },
  'POST /users/totp/setup': { access: 'session' },
  'POST /users/totp/enable': { access: 'session', ok: 400 },
  'POST /users/totp/disable': { access: 'session', ok: 400 },
  'GET /users/preferences': { access: 'session' },
  'PUT /users/preferences/{name}': { access: 'session', body: { value: {} }, ok: 404 },
  'GET /users/api-keys': { access: 'session' },
  'POST /users/api-keys': { access: 'session', body: { name: 'another' }, ok: 201 },
  'DELETE /users/api-keys/{keyId}': { access: 'session', ok: 404 },
  'GET /users/sessions': { access: 'session' },
  'DELETE /users/sessions/{sessionId}': { access: 'session', ok: 404 },

  'GET /users/list': { access: 'admin-session' },
  'DELETE /users/{userId}': { access: 'admin-session', ok: 404 },
  'POST /users/{userId}/admin': { access: 'admin-session', body: { is_admin: true }, ok: 404 },
  'POST /users/{userId}/identity': { access: 'admin-session', ok: 400 },
  'DELETE /users/{userId}/identity': { access: 'admin-session', ok: 404 },
  'GET /sign-in/provider': { access: 'admin-session' },
  'PUT /sign-in/provider': { access: 'admin-session', ok: 400 },
  'DELETE /sign-in/provider': { access: 'admin-session' },
  'POST /sign-in/provider/test': { access: 'admin-session', ok: 400 },
  'GET /sign-in/requests': { access: 'admin-session' },
  'POST /sign-in/requests/dismiss': { access: 'admin-session', ok: 400 },
  'POST /users/{userId}/reset-password': { access: 'admin-session', body: { newPassword: password }, ok: 404 },
  'GET /global-settings': { access: 'admin-read' },
  'POST /global-settings': { access: 'admin-manage', body: { metricsInterval: 30 } },
  'GET /global-settings/history': { access: 'admin-read' },
  'POST /global-settings/history': { access: 'admin-manage', body: { enabled: false } },
  'GET /heartbeat': { access: 'admin-read' },
  'PUT /heartbeat': { access: 'admin-manage', ok: 400 },
  'DELETE /heartbeat': { access: 'admin-manage' },
  'POST /heartbeat/test': { access: 'admin-manage', ok: 400 },
  'GET /audit': { access: 'admin-read' },

  'GET /destinations': { access: 'admin-read' },
  'POST /destinations': {
    access: 'admin-manage',
    body: { name: 'n', enabled: false, config: { url: 'https://mimir.example/push' } },
    ok: 201,
  },
  'PUT /destinations/{id}': { access: 'admin-manage', body: { name: 'n' }, ok: 404 },
  'DELETE /destinations/{id}': { access: 'admin-manage', ok: 404 },
  'POST /destinations/{id}/test': { access: 'admin-manage', ok: 404 },
  'GET /channels/kinds': { access: 'read' },
  'GET /channels/links': { access: 'read' },
  'GET /channels': { access: 'manage-all' },
  'POST /channels': { access: 'manage-all', body: { kind: 'ntfy', name: 'n', config: { topic: 't' } }, ok: 201 },
  'PUT /channels/{id}': { access: 'manage-all', body: { name: 'n' }, ok: 404 },
  'DELETE /channels/{id}': { access: 'manage-all', ok: 404 },
  'POST /channels/{id}/test': { access: 'manage-all', ok: 404 },
  'GET /channels/{id}/deliveries': { access: 'manage-all', ok: 404 },
  'POST /deliveries/{id}/retry': { access: 'manage-all', ok: 404 },
  'GET /notification-channels': { access: 'manage-all' },
  'POST /notification-channels': {
    access: 'manage-all',
    body: { type: 'ntfy', name: 'n', config: { topic: 't' } },
    ok: 201,
  },
  'PUT /notification-channels/{id}': { access: 'manage-all', body: { name: 'n' }, ok: 404 },
  'DELETE /notification-channels/{id}': { access: 'manage-all', ok: 404 },
  'POST /notification-channels/{id}/test': { access: 'manage-all', ok: 404 },

  'GET /host/db/host': { access: 'read' },
  'POST /host/db/host': { access: 'manage-all', body: { ...host, statsConfig: quiet } },
  'GET /host/db/host/{id}': { access: 'read', host: 'view' },
  'PUT /host/db/host/{id}': { access: 'manage', host: 'manage', body: { folder: 'f' } },
  'DELETE /host/db/host/{id}': { access: 'manage', host: 'manage', takes: 'host' },
  'POST /hosts/bulk': { access: 'manage', body: { hostIds: [999_999], action: 'folder', folder: 'f' } },
  'POST /hosts/import/preview': {
    access: 'manage-all',
    body: { text: 'Host a\n  HostName 192.0.2.1', format: 'ssh-config' },
  },
  'POST /hosts/import': { access: 'manage-all', body: { text: 'Host', format: 'ssh-config' } },
  'GET /hosts/export': { access: 'manage-all' },
  'POST /connection-tests': { access: 'manage-all', body: host },
  'GET /credentials': { access: 'manage-all' },
  'POST /credentials': { access: 'manage-all', body: { name: 'c', password: 'x' }, ok: 201 },
  'GET /credentials/{id}': { access: 'manage-all', ok: 404 },
  'PUT /credentials/{id}': { access: 'manage-all', ok: 404 },
  'DELETE /credentials/{id}': { access: 'manage-all', ok: 404 },
  'GET /host-keys': { access: 'read' },
  'GET /host-keys/pending': { access: 'read' },
  'GET /host-keys/{hostId}': { access: 'read', host: 'view' },
  'POST /host-keys/{hostId}/accept': { access: 'manage', host: 'manage', body: { fingerprint: 'SHA256:x' }, ok: 409 },
  'DELETE /host-keys/{hostId}': { access: 'manage', host: 'manage' },
  'GET /known-hosts': { access: 'manage-all' },
  'POST /known-hosts': { access: 'manage-all', body: { text: '# nothing' } },
  'POST /known-hosts/preview': { access: 'manage-all', body: { text: '# nothing' } },
  'DELETE /known-hosts/{id}': { access: 'manage-all', ok: 404 },
  'GET /shares/users': { access: 'manage' },
  'GET /shares/{id}': { access: 'manage', host: 'owner' },
  'PUT /shares/{id}/{userId}': { access: 'manage', host: 'owner', body: { level: 'view' }, ok: 404 },
  'DELETE /shares/{id}/{userId}': { access: 'manage', host: 'owner', ok: 404 },

  'GET /incidents': { access: 'read' },
  'GET /events': { access: 'read' },
  'POST /events': { access: 'manage', body: { tags: ['none'], text: 'x' }, ok: 404 },
  'GET /incidents/{id}': { access: 'read', ok: 404 },
  'POST /incidents/{id}/acknowledge': { access: 'manage-all', ok: 404 },
  'POST /incidents/{id}/note': { access: 'manage-all', body: { text: 'x' }, ok: 404 },
  'POST /incidents/{id}/silence': { access: 'manage-all', body: { until: '2099-01-01T00:00:00Z' }, ok: 404 },
  'POST /incidents/{id}/close': { access: 'manage-all', ok: 404 },
  'GET /rules': { access: 'read' },
  'GET /rules/defaults': { access: 'read' },
  'POST /rules': { access: 'manage-all', body: { name: 'r', condition: { kind: 'status' } }, ok: 201 },
  'POST /rules/preview': { access: 'read', body: { name: 'r', condition: { kind: 'status' } } },
  'GET /rules/{id}': { access: 'read', ok: 404 },
  'PUT /rules/{id}': { access: 'manage-all', body: { enabled: false }, ok: 404 },
  'DELETE /rules/{id}': { access: 'manage-all', ok: 404 },
  'GET /alert-rules': { access: 'read' },
  'POST /alert-rules': {
    access: 'manage-all',
    body: { name: 'r', triggerType: 'host_offline', enabled: false },
    ok: 201,
  },
  'PUT /alert-rules/{id}': { access: 'manage-all', body: { enabled: false }, ok: 404 },
  'DELETE /alert-rules/{id}': { access: 'manage-all', ok: 404 },
  'GET /alert-firings': { access: 'read' },
  'POST /alert-firings/{id}/acknowledge': { access: 'manage-all', ok: 404 },
  'POST /alert-firings/acknowledge-all': { access: 'manage-all' },
  'GET /alerts': { access: 'read' },
  'GET /alerts/dismissed': { access: 'read' },
  'POST /alerts/dismiss': { access: 'manage-all', body: { alertId: '999999' }, ok: 404 },
  'DELETE /alerts/dismiss': { access: 'manage-all', body: { alertId: '999999' }, ok: 404 },
  'GET /silences': { access: 'read' },
  'POST /silences': {
    access: 'manage-all',
    body: { matcher: { severity: 'info' }, until: '2099-01-01T00:00:00Z' },
    ok: 201,
  },
  'DELETE /silences/{id}': { access: 'manage-all', ok: 404 },
  'GET /maintenance': { access: 'read' },
  'POST /maintenance': {
    access: 'manage-all',
    body: {
      name: 'm',
      hosts: { all: true },
      time: { kind: 'weekly', days: [0], begins: '22:00', ends: '05:00', zone: 'UTC' },
    },
    ok: 201,
  },
  'PUT /maintenance/{id}': { access: 'manage-all', ok: 404 },
  'DELETE /maintenance/{id}': { access: 'manage-all', ok: 404 },

  'GET /prometheus/sd': { access: 'read' },
  'GET /prometheus/config': { access: 'read' },
  'GET /prometheus/state': { access: 'read' },
  'GET /prometheus/probe': { access: 'read', ok: 400 },
  'GET /prometheus/metrics': { access: 'read' },

  'GET /hosts': { access: 'read' },
  'GET /status': { access: 'read' },
  'GET /status/{id}': { access: 'read', host: 'view', ok: 404 },
  'GET /metrics/{id}': { access: 'read', host: 'view', ok: 404 },
  'GET /metrics/{id}/recent': { access: 'read', host: 'view' },
  'GET /sections': { access: 'read' },
  'GET /metrics/{id}/connection-log': { access: 'read', host: 'view' },
  'GET /metrics/{id}/processes/{pid}': { access: 'read', host: 'view', ok: 404 },
  'GET /hosts/{id}/sudoers': { access: 'read', host: 'manage' },
  'POST /hosts/{id}/ask-rights': { access: 'manage', host: 'manage' },
  'GET /hosts/{id}/footprint': { access: 'read', host: 'view' },
  'GET /hosts/{id}/holds': { access: 'read', host: 'view' },
  'GET /hosts/{id}/history': { access: 'read', host: 'view' },
  'GET /hosts/{id}/availability': { access: 'read', host: 'view' },
  'GET /metrics/history/{id}': { access: 'read', host: 'view' },
  'GET /history': { access: 'read', ok: 400 },
  'GET /history/storage': { access: 'admin-read' },
  'GET /live': { access: 'read' },
  'POST /metrics/start/{id}': { access: 'read', host: 'view', ok: 500 },
  'POST /metrics/stop/{id}': { access: 'read', host: 'view' },
  'POST /metrics/connect-totp': { access: 'read', body: { sessionId: 'none', totpCode: '1' }, ok: 404 },
  'POST /metrics/register-viewer': { access: 'read', host: 'view', inBody: true, missing: 200 },
  'POST /metrics/unregister-viewer': { access: 'read', body: { hostId: 1, viewerSessionId: 'none' } },
  'POST /metrics/heartbeat': { access: 'read', body: { viewerSessionId: 'none' } },
  'POST /refresh': { access: 'read' },
  'POST /clear-connections': { access: 'manage' },
  'POST /host-updated': { access: 'manage', host: 'manage', inBody: true },
  'POST /host-deleted': { access: 'manage', host: 'manage', inBody: true },
  // From now on, the hosts that it names are watched.
  'GET /prometheus/hosts': { access: 'read' },
};

const kinds = ['own', 'viewed', 'managed', 'foreign', 'unknown'] as const;
type Kind = (typeof kinds)[number];
type Level = 'owner' | 'manage' | 'view' | null;
type Role = {
  readonly name: string;
  readonly token: string | null;
  /** Which demands are met. */
  readonly may: (access: Exclude<Access, 'public'>) => boolean;
  readonly levels: Readonly<Record<Kind, Level>>;
};

const unknownId = 999_999;
const ofUser = { own: 'owner', viewed: 'view', managed: 'manage', foreign: null, unknown: null } as const;
const ofNobody = { own: null, viewed: null, managed: null, foreign: null, unknown: null } as const;
const ranks = { view: 1, manage: 2, owner: 3 } as const;

let sonde: Service;
let ann: Person;
let ben: Person;
let roles: readonly Role[];
let hosts: Readonly<Record<Kind, number>>;

async function idOf(who: Person): Promise<string> {
  return (await who.get('/users/me')).body.userId;
}

/** One host of each kind, as Ann sees them. */
async function makeHosts(): Promise<Readonly<Record<Kind, number>>> {
  const add = (who: Person): Promise<number> => who.add({ ...host, statsConfig: quiet });
  const [own, viewed, managed, foreign] = [await add(ann), await add(ben), await add(ben), await add(ben)];
  const annId = await idOf(ann);
  await ben.put(`/shares/${viewed}/${annId}`, { level: 'view' });
  await ben.put(`/shares/${managed}/${annId}`, { level: 'manage' });
  return { own, viewed, managed, foreign, unknown: unknownId };
}

async function keyOf(who: Person, body: object): Promise<string> {
  return (await who.post('/users/api-keys', { name: 'k', ...body })).body.token;
}

beforeAll(async () => {
  requireRig();
  sonde = await startService();
  ann = await sonde.user('ann');
  ben = await sonde.user('ben');
  hosts = await makeHosts();
  const gone = await sonde.user('gone');
  await gone.post('/users/logout');
  const soon = new Date(Date.now() + 1_500).toISOString();
  const expired = await keyOf(ann, { expiresAt: soon });
  const never = (): boolean => false;
  roles = [
    { name: 'nobody', token: null, may: never, levels: ofNobody },
    { name: 'a session that was ended', token: gone.token, may: never, levels: ofNobody },
    { name: 'an API key that expired', token: expired, may: never, levels: ofNobody },
    { name: 'a user', token: ann.token, may: (access) => !demands[access].admin, levels: ofUser },
    { name: 'an admin', token: sonde.admin.token, may: () => true, levels: ofNobody },
    {
      name: 'a key to read',
      token: await keyOf(ann, { scope: 'read' }),
      may: (access) => !demands[access].admin && demands[access].scope === 'read',
      levels: { ...ofUser, own: 'view', managed: 'view' },
    },
    {
      name: 'a key to manage',
      token: await keyOf(ann, { scope: 'manage' }),
      may: (access) => !demands[access].admin && demands[access].scope !== null,
      levels: ofUser,
    },
    {
      name: 'a key to manage one host',
      token: await keyOf(ann, { scope: 'manage', hostIds: [hosts.own] }),
      may: (access) => !demands[access].admin && demands[access].scope !== null && !demands[access].allHosts,
      levels: { ...ofNobody, own: 'owner' },
    },
    {
      name: "an admin's key to read",
      token: await keyOf(sonde.admin, { scope: 'read' }),
      may: (access) => demands[access].scope === 'read',
      levels: ofNobody,
    },
    {
      name: "an admin's key to manage one host",
      token: await keyOf(sonde.admin, { hostIds: [await sonde.admin.add({ ...host, statsConfig: quiet })] }),
      may: (access) => demands[access].scope !== null && !demands[access].allHosts,
      levels: ofNobody,
    },
  ];
  while (Date.now() < Date.parse(soon)) await (await fetch(`${sonde.url}/health`)).text();
});

afterAll(async () => {
  await sonde?.close();
});

/** Sends a route's request; a stream is left as soon as it has begun. */
async function ask(
  route: string,
  rule: Rule,
  token: string | null,
  id: number,
): Promise<{ status: number; text: string }> {
  const [method = '', template = ''] = route.split(' ');
  const isOfHost = rule.host !== undefined && !rule.inBody;
  const path = template.replace(/\{(id|hostId)\}/, String(isOfHost ? id : unknownId)).replace(/\{\w+\}/, 'none');
  const body = { ...rule.body, ...(rule.inBody ? { hostId: id } : {}) };
  const controller = new AbortController();
  const response = await fetch(`${sonde.url}${path}`, {
    method,
    redirect: 'manual',
    signal: controller.signal,
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  const isStream = template === '/live' && response.status === 200;
  const text = isStream ? '' : await response.text();
  controller.abort();
  return { status: response.status, text };
}

/** What this role must be answered for this kind of host. */
function expected(rule: Rule, role: Role, kind: Kind): number {
  const ok = rule.ok ?? 200;
  if (rule.access === 'public') return ok;
  if (role.token === null || role.name.startsWith('a session that') || role.name.endsWith('expired')) return 401;
  if (!role.may(rule.access)) return 403;
  if (rule.host === undefined) return ok;
  const level = role.levels[kind];
  if (level === null) return rule.missing ?? 404;
  return ranks[level] >= ranks[rule.host] ? ok : 403;
}

test('every route of the API has its rule here, and no rule is of a route that is gone', async () => {
  const { paths } = (await (await fetch(`${sonde.url}/openapi.json`)).json()) as Json;
  const all = Object.entries<Json>(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'head')
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(all.sort()).toEqual(Object.keys(rules).sort());
});

describe.each(Object.entries(rules))('%s', (route, rule) => {
  test('answers everybody as they may', async () => {
    for (const role of roles) {
      const seen: Partial<Record<Kind, string>> = {};
      for (const kind of rule.host === undefined ? (['own'] as const) : kinds) {
        const status = expected(rule, role, kind);
        if (rule.takes === 'session' && status < 300) continue;
        const set = rule.takes === 'host' && status < 300 ? await makeHosts() : hosts;
        const limited = rule.takes === 'host' && role.name.endsWith('one host');
        const id = limited ? hosts[kind] : set[kind];
        if (limited && status < 300) continue;
        const answer = await ask(route, rule, role.token, id);
        expect([role.name, kind, answer.status, answer.text]).toEqual([role.name, kind, status, answer.text]);
        seen[kind] = answer.text.replaceAll(String(id), 'ID');
      }
      if (rule.host !== undefined) expect([role.name, seen.foreign]).toEqual([role.name, seen.unknown]);
    }
  });
});

test('whom a host is shared with leaves it, by session or key to manage; nobody else makes them', async () => {
  const { viewed, managed, own, foreign } = await makeHosts();
  const annId = await idOf(ann);
  const cat = await sonde.user('cat');
  expect(await cat.delete(`/shares/${viewed}/${annId}`)).toMatchObject({ status: 404 });
  await ben.put(`/shares/${viewed}/${await idOf(cat)}`, { level: 'manage' });
  expect(await cat.delete(`/shares/${viewed}/${annId}`)).toMatchObject({ status: 403 });
  const readKey = await keyOf(ann, { scope: 'read' });
  const rule: Rule = { access: 'manage' };
  expect((await ask(`DELETE /shares/${viewed}/${annId}`, rule, readKey, 0)).status).toBe(403);
  expect(await ann.get(`/host/db/host/${viewed}`)).toMatchObject({ status: 200 });

  expect(await ann.delete(`/shares/${viewed}/${annId}`)).toMatchObject({ status: 200 });
  const key = await keyOf(ann, { scope: 'manage' });
  expect((await ask(`DELETE /shares/${managed}/${annId}`, rule, key, 0)).status).toBe(200);
  for (const id of [viewed, managed, foreign])
    expect(await ann.get(`/host/db/host/${id}`)).toMatchObject({ status: 404, body: { error: 'Host not found' } });
  expect(await ann.delete(`/shares/${viewed}/${annId}`)).toMatchObject({ status: 404 });
  expect(await ann.delete(`/shares/${own}/${annId}`)).toMatchObject({ status: 400 });
  expect(await ben.get(`/shares/${managed}`)).toMatchObject({ status: 200, body: [] });
  const { entries } = (await sonde.admin.get('/audit?action=share-left')).body;
  expect(entries.map((entry: Json) => [entry.username, entry.hostId])).toEqual([
    ['ann', managed],
    ['ann', viewed],
  ]);
});
