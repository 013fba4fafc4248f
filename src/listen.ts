import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { createSecureContext, Server as TlsServer } from 'node:tls';
import type { Logger } from 'pino';
import type { Closers } from './closers.ts';
import { type Config, ConfigError, isLoopback } from './config/config.ts';
import { readSmallFile } from './config/secrets.ts';
import { boundClients } from './http/bound-clients.ts';
import { BasePathTaken } from './http/paths/base-path.ts';
import { createServer } from './http/server.ts';
import { fileLimits } from './lib/bounds/file-limit.ts';

/** More than any chain of certificates. */
const maxPemBytes = 1 << 20;

/** Where Sonde listens, and what somebody needs to set it up. */
export type Listening = {
  /** A URL that can be opened. */
  readonly url: string;
  /** Needed to create the first user when not only this machine can reach Sonde. */
  readonly setupToken: string | null;
  readonly setupRequired: boolean;
  /**
   * Uses the certificate that is in the files now for new connections. Throws ConfigError for one that cannot be used, and where
   * only a restart could turn TLS on or off; then the old one stays.
   */
  readonly reloadTls: (tls: Config['tls']) => void;
};

/** Serves the parts over HTTP. Throws ConfigError for a certificate that cannot be used, and what `listen(2)` says. */
export async function listen(
  parts: Omit<Parameters<typeof createServer>[0], 'config' | 'logger'>,
  {
    config,
    logger,
    version,
    closers,
  }: {
    readonly config: Config;
    readonly logger: Logger;
    readonly version: string;
    readonly closers: Closers;
  },
): Promise<Listening> {
  const setupRequired = await parts.identity.users.setupRequired();
  const setupToken = setupRequired && !isLoopback(config.host) ? randomBytes(16).toString('hex') : null;
  const server = await createServer({
    ...parts,
    logger,
    config: {
      trustedProxies: config.trustedProxies,
      hostNames: { allowed: namesOf(config), machine: hostname(), isLoopback: isLoopback(config.host) },
      basePath: config.basePath,
      publicUrl: config.publicUrl,
      frameAncestors: config.frameAncestors,
      corsOrigins: config.corsOrigins,
      ...(config.tls ? { tls: readTls(config.tls) } : {}),
      setupToken,
      version,
      registration: config.registration,
    },
  }).catch((error: unknown) => {
    throw error instanceof BasePathTaken ? new ConfigError(error.message) : error;
  });
  closers.push(() => server.close());
  boundClients(server.server, fileLimits.clients, config.tls !== undefined);
  if (fileLimits.all < 1_024)
    logger.warn(
      fileLimits,
      'The limit of open files is low, so Sonde can monitor only a few hosts at once. Raise ulimit -n',
    );
  await server.listen({ host: config.host, port: config.port });
  const { server: listener } = server;
  const reloadTls = (tls: Config['tls']): void => {
    if ((tls === null) !== !(listener instanceof TlsServer))
      throw new ConfigError('TLS is only turned on or off by a restart');
    if (tls !== null && listener instanceof TlsServer) listener.setSecureContext(readTls(tls));
  };
  return { url: urlOf(config, listener.address()), setupToken, setupRequired, reloadTls };
}

/** The names that people open Sonde under, as far as the settings say. */
function namesOf({ allowedHosts, publicUrl }: Config): readonly string[] {
  return publicUrl === null ? allowedHosts : [...allowedHosts, new URL(publicUrl).hostname];
}

function urlOf(config: Config, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  const name = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `${config.tls ? 'https' : 'http'}://${name}:${port}${config.basePath}`;
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
