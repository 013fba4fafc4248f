import { ConfigError } from '../../config/errors.ts';
import type { Hop } from '../../hosts/import/candidate.ts';
import {
  plainHop,
  proxyFieldsOf,
  readProxyCommand,
  unknownCommand,
  untakenOf,
} from '../../hosts/import/ssh/proxy-command.ts';
import { parseSshCommand } from '../../model/connection/ssh-command.ts';
import { untakenText } from '../../model/connection/ssh-options.ts';
import type { OpenedProxy, ProxyAddress } from '../../model/host.ts';
import { expandPath, followed, type LocalOptions, type PathContext, readLocalOptions } from './local-options.ts';
import type { SshConfig } from './ssh-config.ts';

/** A machine to log in to. */
export type Stop = {
  /** What somebody called it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly username: string;
  /** Private keys that were named for it. */
  readonly identityFiles: readonly string[];
  readonly local: LocalOptions;
};

/** How the host is reached: through the proxies, then from stop to stop; the last one is the host. */
export type Way = {
  readonly stops: readonly Stop[];
  readonly proxies: readonly OpenedProxy[];
  readonly warnings: readonly string[];
};

export type Asked = {
  /** `user@host`, `host:port`, `ssh://…`. */
  readonly destination: string;
  readonly port?: string | undefined;
  readonly user?: string | undefined;
  readonly jump?: string | undefined;
  readonly identity?: string | undefined;
};

const maxStops = 20;

/** The way to what somebody asked for, by the rules of ssh_config(5). Throws ConfigError. */
export function wayTo(asked: Asked, config: SshConfig, localUser: string, env: PathContext['env'] = {}): Way {
  const words = [
    ...(asked.port === undefined ? [] : ['-p', asked.port]),
    ...(asked.user === undefined ? [] : ['-l', asked.user]),
    ...(asked.jump === undefined ? [] : ['-J', asked.jump]),
    asked.destination,
  ];
  const read = parseSshCommand(words.map((word) => `'${word.replaceAll("'", '')}'`).join(' '));
  if ('error' in read) throw new ConfigError(read.error);
  const isPortGiven =
    asked.port !== undefined || /:\d+\/?$/.test(asked.destination.replace(/^.*@/, '').replace(/^[^[]*:.*:.*$/, ''));
  const own: Hop = {
    ref: null,
    address: read.address,
    port: isPortGiven ? read.port : null,
    username: read.username,
    ...(asked.identity === undefined ? {} : { identityFile: asked.identity }),
  };
  const warnings: string[] = [];
  const plan = new Plan(config, { localUser, env }, warnings);
  const hops = read.jumpHosts.map((hop) => ({ ...plainHop(hop) }));
  const way = plan.to(own, asked.jump === undefined ? undefined : hops);
  return { ...way, warnings: [...config.warnings, ...warnings] };
}

type Own = Pick<PathContext, 'localUser' | 'env'>;

class Plan {
  readonly #config: SshConfig;
  readonly #own: Own;
  readonly #warnings: string[];
  #stops = 0;

  constructor(config: SshConfig, own: Own, warnings: string[]) {
    this.#config = config;
    this.#own = own;
    this.#warnings = warnings;
  }

  /** The way to a hop. `through`: given by hand, so it counts instead of what the configuration says. */
  to(hop: Hop, through?: readonly Hop[]): Omit<Way, 'warnings'> {
    this.#stops += 1;
    if (this.#stops > maxStops)
      throw new ConfigError(`The way to ${hop.address} has more than ${maxStops} jump hosts, or goes in a circle`);
    const found = this.#config.of(hop.address);
    const address = found?.hostname ?? hop.address;
    const port = hop.port ?? found?.port ?? 22;
    const username = hop.username ?? found?.user ?? this.#own.localUser;
    const context: PathContext = { ...this.#own, typed: hop.address, address, port, username };
    const files = hop.identityFile === undefined ? (found?.identityFiles ?? []) : [hop.identityFile];
    const identityFiles = files.map((file) => expandPath(file, context));
    const local = readLocalOptions(found?.local ?? new Map(), context);
    const stop: Stop = { name: hop.address, address, port, username, identityFiles, local };
    const command = through === undefined ? (found?.command ?? null) : null;
    const by = command === null ? null : readProxyCommand(command.replaceAll('%r', stop.username));
    if (command !== null && by === null)
      throw new ConfigError(`${hop.address}: ${unknownCommand}. Name the way with -J`);
    const ofHost = (found?.untaken ?? []).filter((name) => !followed.has(name));
    const untaken = [...ofHost, ...(by ? untakenOf(by) : [])];
    if (untaken.length > 0) this.#warnings.push(`${hop.address}: ${untakenText(untaken)}`);
    const hops = through ?? (by === null ? (found?.hops ?? []) : by.jumpHosts.map(plainHop));
    const proxies = by === null ? [] : proxiesOf(proxyFieldsOf(by));
    const [first, ...rest] = hops;
    if (first === undefined) return { stops: [stop], proxies };
    // Only the first jump host may have a way of its own: ssh reaches the others from the one before them.
    const start = this.to(first);
    return { stops: [...start.stops, ...rest.flatMap((one) => this.to(one, []).stops), stop], proxies: start.proxies };
  }
}

/** The proxies that a ProxyCommand names. */
function proxiesOf(fields: Readonly<Record<string, unknown>>): readonly OpenedProxy[] {
  // Safe: it is what proxyFieldsOf makes.
  const chain = (fields.socks5ProxyChain ?? []) as readonly {
    readonly type: 4 | 5 | 'http';
    readonly host: string;
    readonly port: number;
    readonly username?: string;
    readonly password?: string;
  }[];
  const types: Readonly<Record<string, ProxyAddress['type']>> = { 4: 'socks4', 5: 'socks5', http: 'http' };
  return chain.map(({ type, host, port, username = '', password }) => ({
    type: types[type] ?? 'socks5',
    host,
    port,
    username,
    password: password ?? null,
  }));
}
