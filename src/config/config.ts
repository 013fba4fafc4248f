import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isNetwork } from '../lib/networks.ts';
import { type Addresses, addressWarnings, readAddresses } from './addresses.ts';
import { ConfigError } from './errors.ts';
import { type Origins, readOrigins } from './origins.ts';
import { type KeySource, readKeySource, sealingKeyVariables } from './sealing-key.ts';
import { bytesOf } from './secrets.ts';

export { ConfigError } from './errors.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The typed, frozen configuration of one process. */
export type Config = Addresses &
  Origins & {
    readonly host: string;
    readonly port: number;
    readonly dataDir: string;
    readonly logLevel: (typeof logLevels)[number];
    readonly trustedProxies: readonly string[];
    /** Additional names under which people may open Sonde; `*.example.org` for every name below one. */
    readonly allowedHosts: readonly string[];
    readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
    readonly registration: boolean;
    /** Whether passwords log in, as long as somebody else could get in otherwise. */
    readonly passwordLogin: boolean;
    /** A file of JSON with the OpenID Connect provider; null: admins set it on the page. */
    readonly oidcFile: string | null;
    /** Base64 or hex of 32 bytes or more; null: a file in the data folder, created at the first start. */
    readonly jwtSecret: Buffer | null;
    readonly sealingKey: KeySource;
    /** The socket of the SSH agent that admins' logins may use; null: unknown. */
    readonly sshAgent: string | null;
    /** Whether keys with a passphrase are also stored opened. */
    readonly keepOpenedKeys: boolean;
    /** Networks that messages of every channel may be sent to, beyond public addresses. */
    readonly notifyNetworks: readonly string[];
    /** The HTTP proxy that messages to public addresses are sent through; null: none. */
    readonly notifyProxy: URL | null;
    /** Sentences for the operator about settings that were ignored. */
    readonly warnings: readonly string[];
  };

const names = [
  'SONDE_HOST',
  'SONDE_PORT',
  'SONDE_DATA_DIR',
  'SONDE_LOG_LEVEL',
  'SONDE_TRUSTED_PROXIES',
  'SONDE_ALLOWED_HOSTS',
  'SONDE_TLS_CERT',
  'SONDE_TLS_KEY',
  'SONDE_REGISTRATION',
  'SONDE_PASSWORD_LOGIN',
  'SONDE_OIDC_FILE',
  'SONDE_JWT_SECRET',
  ...sealingKeyVariables,
  'SONDE_SSH_AGENT',
  'SONDE_KEEP_OPENED_KEYS',
  'SONDE_NOTIFY_NETWORKS',
  'SONDE_NOTIFY_PROXY',
  'SONDE_PUBLIC_URL',
  'SONDE_BASE_PATH',
  'SONDE_FRAME_ANCESTORS',
  'SONDE_CORS_ORIGINS',
  // Read before all others: src/config/env-file.ts.
  'SONDE_ENV_FILE',
  // The test rig sets it for what runs inside.
  'SONDE_RIG',
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment. Throws {@link ConfigError} that names the variable and the values it accepts. */
export function readConfig(environment: Environment): Config {
  const env = withoutServices(environment);
  const cert = env.SONDE_TLS_CERT;
  const key = env.SONDE_TLS_KEY;
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigError('SONDE_TLS_CERT and SONDE_TLS_KEY go together: set both or neither');
  }
  const trustedProxies = readProxies(env.SONDE_TRUSTED_PROXIES);
  const addresses = readAddresses(env.SONDE_BASE_PATH, env.SONDE_PUBLIC_URL);
  return Object.freeze({
    host: readHost(env.SONDE_HOST),
    port: readPort(env.SONDE_PORT),
    dataDir: readDataDir(env.SONDE_DATA_DIR),
    logLevel: readLevel(env.SONDE_LOG_LEVEL),
    trustedProxies,
    allowedHosts: readAllowedHosts(env.SONDE_ALLOWED_HOSTS),
    tls: cert !== undefined && key !== undefined ? { certFile: cert, keyFile: key } : null,
    registration: readFlag('SONDE_REGISTRATION', env.SONDE_REGISTRATION),
    passwordLogin: readFlag('SONDE_PASSWORD_LOGIN', env.SONDE_PASSWORD_LOGIN ?? 'true'),
    oidcFile: env.SONDE_OIDC_FILE || null,
    jwtSecret: readSecret('SONDE_JWT_SECRET', env.SONDE_JWT_SECRET),
    sealingKey: readKeySource(env),
    sshAgent: env.SONDE_SSH_AGENT || env.SSH_AUTH_SOCK || null,
    notifyNetworks: readNetworks(env.SONDE_NOTIFY_NETWORKS),
    notifyProxy: readProxy(env.SONDE_NOTIFY_PROXY),
    ...addresses,
    ...readOrigins(env.SONDE_FRAME_ANCESTORS, env.SONDE_CORS_ORIGINS),
    keepOpenedKeys: readFlag('SONDE_KEEP_OPENED_KEYS', env.SONDE_KEEP_OPENED_KEYS ?? 'true'),
    warnings: [
      ...unknownNames(env).map(
        (name) => `${name} is not a setting of Sonde and is ignored; docs/settings.md lists all settings`,
      ),
      ...addressWarnings(addresses),
      ...trustedProxies
        .filter((proxy) => proxy.endsWith('/0'))
        .map(
          (proxy) => `SONDE_TRUSTED_PROXIES has ${proxy}, so that every client can claim any address. Name the proxies`,
        ),
    ],
  });
}

/**
 * Skips what Kubernetes sets in every container of a namespace with a service called `sonde` or `sonde-…`. Source:
 * kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function withoutServices(env: Environment): Environment {
  const isOfService = (name: string, value: string): boolean =>
    /^SONDE(_\w+)?_SERVICE_(HOST|PORT(_\w+)?)$/.test(name) ||
    /^SONDE(_\w+)?_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
    (/^SONDE(_\w+)?_PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(value));
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => !isOfService(name, value ?? '')));
}

function unknownNames(env: Environment): readonly string[] {
  const known = new Set<string>(names);
  return Object.keys(env).filter((name) => name.startsWith('SONDE_') && !known.has(name));
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function readHost(value = '127.0.0.1'): string {
  if (isIP(value) === 0 && value !== 'localhost') {
    throw new ConfigError(`SONDE_HOST must be an IP address to listen on or localhost, not "${value}"`);
  }
  return value;
}

function readDataDir(value = 'data'): string {
  if (value === '') throw new ConfigError('SONDE_DATA_DIR is empty. Set it or leave it out');
  return resolve(value.replace(/^~(?=\/|$)/, homedir()));
}

function readPort(value = '8080'): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65535)
    throw new ConfigError(`SONDE_PORT must be a number from 0 to 65535, not "${value}"`);
  return port;
}

function readLevel(value = 'info'): Config['logLevel'] {
  const level = logLevels.find((known) => known === value);
  if (level === undefined)
    throw new ConfigError(`SONDE_LOG_LEVEL must be one of ${logLevels.join(', ')}, not "${value}"`);
  return level;
}

function readList(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readAllowedHosts(value = ''): readonly string[] {
  const names = readList(value);
  const label = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
  const pattern = new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`, 'i');
  for (const name of names) {
    if (name.length > 255 || !pattern.test(name))
      throw new ConfigError(
        `SONDE_ALLOWED_HOSTS takes host names such as sonde.example.org or *.example.org, without port, not "${name}"`,
      );
  }
  return names;
}

function readProxies(value = ''): readonly string[] {
  const proxies = readList(value);
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIP(address);
    if (family === 0 || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))) {
      throw new ConfigError(`SONDE_TRUSTED_PROXIES takes addresses or networks such as 10.0.0.0/8, not "${proxy}"`);
    }
  }
  return proxies;
}

function readNetworks(value = ''): readonly string[] {
  const networks = readList(value);
  for (const network of networks)
    if (!isNetwork(network))
      throw new ConfigError(`SONDE_NOTIFY_NETWORKS takes addresses or networks such as 10.0.0.0/8, not "${network}"`);
  return networks;
}

/** The value may contain a password, so errors do not repeat it. */
function readProxy(value: string | undefined): URL | null {
  if (value === undefined) return null;
  const url = URL.parse(value);
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new ConfigError('SONDE_NOTIFY_PROXY must be an HTTP proxy such as http://proxy.example.org:3128');
  return url;
}

function readFlag(name: string, value = 'false'): boolean {
  if (value !== 'true' && value !== 'false') throw new ConfigError(`${name} must be true or false, not "${value}"`);
  return value === 'true';
}

function readSecret(name: string, value: string | undefined): Buffer | null {
  if (value === undefined) return null;
  const bytes = bytesOf(value);
  if (bytes === null || bytes.length < 32) {
    throw new ConfigError(`${name} must be at least 32 bytes in hex or base64 (openssl rand -hex 32)`);
  }
  return bytes;
}
