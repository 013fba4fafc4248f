import type { HostRow, Stored } from '../../db/schema.ts';
import { badRequest } from '../../lib/errors.ts';
import { SealError, type Sealer } from '../../lib/seal.ts';
import { storedList, storedObject } from '../../lib/stored.ts';
import type { OpenedProxy, ProxyAddress } from '../../model/host.ts';
import { requireAddress, requirePort } from './addresses.ts';

/** A proxy of a chain, and its password as sent: undefined keeps the stored one, null removes it. */
export type ProxyLogin = ProxyAddress & { readonly password: string | null | undefined };

/** One entry of the column `proxy_logins`. */
type StoredLogin = ProxyAddress & { readonly password_sealed: string };

const maxProxies = 10;
const maxLength = 1_000;
/** As clients write and read them. */
const types = new Map<unknown, ProxyAddress['type']>([
  [4, 'socks4'],
  ['4', 'socks4'],
  ['socks4', 'socks4'],
  [5, 'socks5'],
  ['5', 'socks5'],
  ['socks5', 'socks5'],
  ['http', 'http'],
]);
const shownTypes = { socks4: 4, socks5: 5, http: 'http' } as const;

/**
 * Reads the proxy fields of a host. `shown` are the fields as they are stored and returned, in one form whatever was
 * sent. A chain that is turned off is kept, but may be incomplete. Throws 400.
 */
export function readProxies(fields: Readonly<Record<string, unknown>>): {
  readonly shown: Readonly<Record<string, unknown>>;
  readonly logins: readonly ProxyLogin[];
} {
  const shown: Record<string, unknown> = {};
  const isOn = readFlag('useSocks5', fields.useSocks5);
  if (fields.useSocks5 !== undefined) shown.useSocks5 = isOn;
  const chain = readChain(fields.socks5ProxyChain, isOn);
  if (fields.socks5ProxyChain !== undefined) {
    shown.socks5ProxyChain = chain.map(({ type, host, port, username }) => ({
      host,
      port,
      type: shownTypes[type],
      username,
    }));
  }
  if (isOn && chain.length === 0) {
    shown.socks5Host = requireAddress(words(fields.socks5Host, 'socks5Host'), 'socks5Host');
    shown.socks5Port = requirePort(fields.socks5Port ?? 1080, 'socks5Port');
    shown.socks5Username = words(fields.socks5Username, 'socks5Username');
  }
  return { shown, logins: chain };
}

/** The column `proxy_logins`: passwords that were sent, and stored ones of proxies that have not changed. */
export function sealProxyLogins(sealer: Sealer, id: number, logins: readonly ProxyLogin[], kept: string): string {
  const before = new Map(storedLogins(kept).map((one) => [nameOf(one), one]));
  const stored = logins.flatMap(({ password, ...address }): readonly StoredLogin[] => {
    if (password === null) return [];
    if (password === undefined) return [before.get(nameOf(address)) ?? []].flat();
    return [{ ...address, password_sealed: sealer.seal(password, placeOf(id, address)) }];
  });
  return JSON.stringify(stored);
}

/** The proxies that a host is reached through, from Sonde outwards; none if they are turned off. */
export function proxiesOf(extra: Readonly<Record<string, unknown>>): readonly ProxyAddress[] {
  if (extra.useSocks5 !== true) return [];
  const chain = readChain(extra.socks5ProxyChain, false);
  if (chain.length > 0) return chain.map(({ type, host, port, username }) => ({ type, host, port, username }));
  if (typeof extra.socks5Host !== 'string' || extra.socks5Host === '') return [];
  const username = typeof extra.socks5Username === 'string' ? extra.socks5Username : '';
  return [{ type: 'socks5', host: extra.socks5Host, port: Number(extra.socks5Port ?? 1080), username }];
}

/** The same for a saved record; null if they cannot be read, because then the host's route is unknown. */
export function storedProxies(extra: Readonly<Record<string, unknown>>): readonly ProxyAddress[] | null {
  try {
    return proxiesOf(extra);
  } catch {
    return null;
  }
}

/** `host:port`, as commands accept it. */
export function addressOf({ host, port }: ProxyAddress): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** For people: `socks5 proxy.example:1080`. */
export function describeProxy(proxy: ProxyAddress): string {
  return `${proxy.type} ${addressOf(proxy)}`;
}

/** The proxies of a host with their passwords in clear text; `missing` if one cannot be unsealed. Never throws. */
export function openProxies(sealer: Sealer, row: Stored<HostRow>): readonly OpenedProxy[] {
  const extra = storedObject(row.extra) ?? {};
  const logins = new Map(storedLogins(row.proxy_logins).map((one) => [nameOf(one), one]));
  const proxies = storedProxies(extra) ?? [];
  const isChain = proxies.length > 0 && readChain(extra.socks5ProxyChain, false).length > 0;
  return proxies.map((address) => {
    if (!isChain) {
      const sealed = row.socks_password_sealed;
      return { ...address, ...opened(sealer, sealed, `host:${row.id}:socks5Password`) };
    }
    const login = logins.get(nameOf(address));
    return { ...address, ...opened(sealer, login?.password_sealed ?? null, placeOf(row.id, address)) };
  });
}

function opened(sealer: Sealer, sealed: string | null, boundTo: string): Pick<OpenedProxy, 'password' | 'missing'> {
  try {
    return { password: sealed === null ? null : sealer.open(sealed, boundTo) };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return { password: null, missing: 'the password of its proxy cannot be opened with this sealing key' };
  }
}

/** The chain as it is returned: each proxy with whether it has a password. Throws if it cannot be read. */
export function shownChain(extra: Readonly<Record<string, unknown>>, proxyLogins: string): Record<string, unknown> {
  if (extra.socks5ProxyChain === undefined) return {};
  const known = new Set(storedLogins(proxyLogins).map(nameOf));
  const chain = readChain(extra.socks5ProxyChain, false).map((address) => ({
    host: address.host,
    port: address.port,
    type: shownTypes[address.type],
    username: address.username,
    hasPassword: known.has(nameOf(address)),
  }));
  return { socks5ProxyChain: chain };
}

/** A list or its JSON text; strict: every proxy must have an address. */
function readChain(value: unknown, isStrict: boolean): readonly ProxyLogin[] {
  if (value === undefined || value === null || value === '') return [];
  const list: unknown = typeof value === 'string' ? parse(value) : value;
  if (!Array.isArray(list)) throw badRequest('socks5ProxyChain must be a list');
  if (list.length > maxProxies) throw badRequest(`A host can have at most ${maxProxies} proxies`);
  return list.map((one: unknown) => {
    if (typeof one !== 'object' || one === null) throw badRequest('socks5ProxyChain must be a list of proxies');
    const proxy = one as Readonly<Record<string, unknown>>;
    const type = types.get(proxy.type ?? 5);
    if (type === undefined) throw badRequest('The type of a proxy must be 4, 5 or http');
    const host = words(proxy.host, 'host');
    return {
      type,
      host: isStrict ? requireAddress(host, 'The host of a proxy') : host,
      port: isStrict ? requirePort(proxy.port ?? 1080, 'The port of a proxy') : Number(proxy.port ?? 1080) || 1080,
      username: words(proxy.username, 'username'),
      password: passwordOf(proxy.password),
    };
  });
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw badRequest('socks5ProxyChain must be a list');
  }
}

function words(value: unknown, name: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string' || value.length > maxLength || /\p{Cc}/u.test(value))
    throw badRequest(`${name} of a proxy must be a text of at most ${maxLength} characters`);
  return value.trim();
}

function passwordOf(value: unknown): string | null | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === null) return null;
  if (typeof value !== 'string' || value.length > maxLength)
    throw badRequest(`The password of a proxy must be a text of at most ${maxLength} characters`);
  return value;
}

/** Passwords of proxies as they are stored; those that cannot be read are left out. */
function storedLogins(text: string): readonly StoredLogin[] {
  return (storedList(text) ?? []).filter(
    (one): one is StoredLogin => typeof (one as StoredLogin | null)?.password_sealed === 'string',
  );
}

/**
 * The switch as clients write it. Any other word is refused: a host that is meant to be reached through a proxy must
 * not be dialled directly.
 */
function readFlag(name: string, value: unknown): boolean {
  if (value === true || value === 1 || value === '1' || value === 'true') return true;
  const isOff = value === undefined || value === null || value === false || value === 0;
  if (isOff || value === '' || value === '0' || value === 'false') return false;
  throw badRequest(`${name} must be true or false`);
}

function nameOf({ type, host, port, username }: ProxyAddress): string {
  return JSON.stringify([type, host, port, username]);
}

function placeOf(id: number, address: ProxyAddress): string {
  return `host:${id}:proxy:${nameOf(address)}`;
}
