import { badRequest, forbidden } from '../../lib/errors.ts';
import { requirePlainData } from '../../lib/plain-data.ts';
import { requireAddress, requirePort } from './addresses.ts';
import { readAgentKey, requireAgentPermitted } from './agent-key.ts';
import { computedOfHost } from './computed.ts';
import { readExtra } from './extra.ts';
import { readStatsConfig, requireHostKeyPolicy, type StatsConfig } from './policy.ts';
import { type ProxyLogin, readProxies } from './proxies.ts';
import { isMisleading, trimmed } from './readable.ts';

/** A host as a client sent it, checked. A secret that is undefined was not sent; null removes it. */
export type HostInput = {
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly authType: string;
  readonly connectionType: string;
  readonly credentialId: number | null;
  readonly agentKey: string;
  readonly statsConfig: StatsConfig;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  /** The chain of proxies, with any passwords that were sent for them. */
  readonly proxyLogins: readonly ProxyLogin[];
};

export type Secrets = {
  readonly password?: string | null;
  readonly key?: string | null;
  readonly keyPassword?: string | null;
  /** The key without its passphrase: not sent, but obtained when the key was checked. */
  readonly openedKey?: string;
  /** Public, but it belongs to the key. */
  readonly certificate?: string | null;
  readonly socks5Password?: string | null;
};

/** Types that are not monitored are kept for the clients that know them. */
const connectionTypes = ['ssh', 'local', 'telnet', 'rdp', 'vnc'];
const authTypes = ['password', 'key', 'credential', 'agent', 'none'];
const extraDefaults = { folder: '', tags: [], pin: false, jumpHosts: [], dependsOn: [] };
const columns = new Set<string>([
  ...computedOfHost,
  'name',
  'ip',
  'port',
  'username',
  'authType',
  'connectionType',
  'credentialId',
  'statsConfig',
  'password',
  'key',
  'keyPassword',
  'certificate',
  'agentKey',
  'socks5Password',
]);

/** Checks a host that a client sent; `before` is the body that it changes. Throws 400 with one sentence. */
export function readHostInput(body: unknown, before: Readonly<Record<string, unknown>>, isAdmin: boolean): HostInput {
  const sent = requireObject(body);
  const fields: Record<string, unknown> = { ...before, ...sent };
  const connectionType = word(fields, 'connectionType', connectionTypes) || 'ssh';
  const wasLocal = before.connectionType === 'local';
  if (connectionType === 'local' && !isAdmin && !wasLocal)
    throw forbidden('Only an admin can add the machine that Sonde runs on');
  const isLocal = connectionType === 'local';
  const ip = isLocal ? text(fields, 'ip', 255) || 'localhost' : requireAddress(text(fields, 'ip', 255), 'ip');
  const username = text(fields, 'username', 100);
  const sentCredential = isAbsent(sent.authType) && readCredentialId(sent.credentialId) !== null;
  const authType = sentCredential
    ? 'credential'
    : word(fields, 'authType', authTypes) || (isLocal ? 'none' : 'password');
  if (authType === 'agent' && before.authType !== 'agent') requireAgentPermitted(isAdmin);
  const credentialId = authType === 'credential' ? readCredentialId(fields.credentialId) : null;
  if (authType === 'credential' && credentialId === null)
    throw badRequest('credentialId is required when authType is credential');
  if (connectionType === 'ssh' && authType !== 'credential' && username === '')
    throw badRequest('username is required');
  const proxies = readProxies(fields);
  const hostKeyPolicy = isAbsent(fields.hostKeyPolicy) ? null : requireHostKeyPolicy(fields.hostKeyPolicy);
  return {
    name: text(fields, 'name', 200) || (username ? `${username}@${ip}` : ip),
    ip,
    port: requirePort(fields.port ?? 22, 'port'),
    username,
    authType,
    connectionType,
    credentialId,
    agentKey: authType === 'agent' ? readAgentKey(text(fields, 'agentKey', 16_384)) : '',
    statsConfig: readStatsConfig(fields.statsConfig),
    extra: readExtra({ ...extraDefaults, ...fields, ...proxies.shown, hostKeyPolicy }, columns),
    secrets: readSecrets(sent),
    proxyLogins: proxies.logins,
  };
}

/** The secrets in a body. A missing field or an empty string leaves the stored value as it is. */
export function readSecrets(sent: Readonly<Record<string, unknown>>): Secrets {
  const secret = (name: string, max: number): string | null | undefined => {
    const value = sent[name];
    if (value === undefined || value === '') return undefined;
    if (value === null) return null;
    if (typeof value !== 'string') throw badRequest(`${name} must be a text`);
    if (value.length > max) throw badRequest(`${name} is too long`);
    return value;
  };
  const found = {
    password: secret('password', 1_000),
    key: secret('key', 65_536),
    keyPassword: secret('keyPassword', 1_000),
    certificate: secret('certificate', 16_384),
    socks5Password: secret('socks5Password', 1_000),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Secrets;
}

/** Throws 400 unless a body is an object of plain data (lib/plain-data.ts). */
export function requireObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('The body must be a JSON object');
  requirePlainData(body);
  return body as Record<string, unknown>;
}

/** A text field that must be one of a list of words; empty if missing. Throws 400. */
export function word(fields: Readonly<Record<string, unknown>>, name: string, words: readonly string[]): string {
  const given = text(fields, name, 100);
  if (given !== '' && !words.includes(given)) throw badRequest(`${name} must be one of ${words.join(', ')}`);
  return given;
}

/** The id of a credential, or its digits; null if there is none. Throws 400. */
function readCredentialId(value: unknown): number | null {
  if (isAbsent(value)) return null;
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
    throw badRequest('credentialId must be the id of a credential');
  return id;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/**
 * A text field, trimmed; empty if missing or if nothing in it can be seen. Throws 400 for other types, control characters
 * and texts that are too long.
 */
export function text(fields: Readonly<Record<string, unknown>>, name: string, max: number): string {
  const value = fields[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw badRequest(`${name} must be a text`);
  const given = trimmed(value);
  if (given.length > max) throw badRequest(`${name} can have at most ${max} characters`);
  if (isMisleading(given)) throw badRequest(`${name} must not contain control characters`);
  return given;
}
