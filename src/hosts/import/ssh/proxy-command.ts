import { parseSshCommand, type SshCommand } from '../../../model/connection/ssh-command.ts';
import { splitWords } from '../../../model/connection/words.ts';
import type { Hop } from '../candidate.ts';

/** What a ProxyCommand amounts to: jump hosts, proxies as hosts name them, or neither for a direct connection. */
export type Through = {
  readonly jumpHosts: readonly (SshCommand | SshCommand['jumpHosts'][number])[];
  readonly proxies: readonly ProxyFields[];
};
type ProxyFields = {
  readonly type: 4 | 5 | 'http';
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
};

export const unknownCommand =
  'Sonde does not support this ProxyCommand: it connects directly or through jump hosts and proxies, and runs no commands';

const maxLength = 2_000;
const direct: Through = { jumpHosts: [], proxies: [] };
const ncTypes = new Map<string | undefined, ProxyFields['type']>([
  [undefined, 5],
  ['5', 5],
  ['4', 4],
  ['connect', 'http'],
]);
const ncatTypes = new Map<string | undefined, ProxyFields['type']>([
  [undefined, 'http'],
  ['http', 'http'],
  ['socks4', 4],
  ['socks5', 5],
]);

/**
 * Reads the commands that people use as ProxyCommand: `ssh -W %h:%p` and `ssh HOST nc %h %p`, the netcats of OpenBSD
 * and Nmap, connect-proxy. Null for any other; nothing is ever run. Source: ssh(1), nc(1) of OpenBSD, ncat(1),
 * connect(1).
 */
export function readProxyCommand(command: string): Through | null {
  if (command.length > maxLength) return null;
  const words = [...(splitWords(command.trim().replace(/^exec\s+/, ''), 'shell') ?? [])];
  const program = words.shift()?.replace(/^.*\//, '');
  if (program === 'ssh') return throughSsh(command.trim().replace(/^exec\s+/, ''));
  if (words.slice(-2).join(' ') !== '%h %p') return null;
  const rest = words.slice(0, -2);
  if (program === 'nc' || program === 'nc.openbsd' || program === 'netcat') return throughNc(rest);
  if (program === 'ncat') return throughNcat(rest);
  return program === 'connect' || program === 'connect-proxy' ? throughConnect(rest) : null;
}

/** A route to the jump host that the words do not show: it has a ProxyCommand of its own. */
const elsewhere = /\s-o\s*["']?proxycommand\b/i;
const otherFile = /\s-F/;

/** Whether ssh or a shell would substitute something: `%r`, `$USER`. */
function isUnexpanded(text: string): boolean {
  return /[%$`]/.test(text);
}

function throughSsh(command: string): Through | null {
  const isForwarded = /\s-W\s*(%h:%p|\[%h\]:%p)(\s|$)/.test(command);
  const isPiped = /\s(\S*\/)?(nc|netcat)(\s+-[qw]\s*\d+)*\s+%h\s+%p\s*$/.test(command);
  const read = isForwarded || isPiped ? parseSshCommand(command) : null;
  if (read === null || 'error' in read || elsewhere.test(command) || otherFile.test(command)) return null;
  const jumpHosts = [...read.jumpHosts, read];
  return jumpHosts.some(({ address, username }) => isUnexpanded(`${username ?? ''}@${address}`))
    ? null
    : { ...direct, jumpHosts };
}

function throughNc(words: readonly string[]): Through | null {
  const options = optionsOf(words, { X: 'type', x: 'proxy', P: 'user', w: 'wait', q: 'wait' }, 'v46nN');
  if (options === null) return null;
  return proxied(options, ncTypes, { http: 3128, socks: 1080 });
}

function throughNcat(words: readonly string[]): Through | null {
  const options = new Map<string, string>();
  for (const word of words
    .join(' ')
    .replaceAll(/(^| )(--[a-z-]+) /g, '$1$2=')
    .split(' ')) {
    if (word === '' || word === '-v' || word === '-4' || word === '-6') continue;
    const [, name, value] = /^--(proxy|proxy-type|proxy-auth)=(\S+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) return null;
    options.set({ proxy: 'proxy', 'proxy-type': 'type', 'proxy-auth': 'user' }[name] ?? '', value);
  }
  return proxied(options, ncatTypes, { http: 3128, socks: 1080 });
}

function throughConnect(words: readonly string[]): Through | null {
  const options = optionsOf(words, { S: 'socks5', H: 'http' }, '45dn');
  const [proxy, type] = options?.has('http') ? [options.get('http'), 'connect'] : [options?.get('socks5'), '5'];
  if (!options || proxy === undefined) return null;
  const [, user, address = ''] = /^(?:(.*)@)?([^@]*)$/.exec(proxy) ?? [];
  const found = new Map([
    ['proxy', address],
    ['type', words.includes('-4') ? '4' : type],
  ]);
  return proxied(user === undefined ? found : found.set('user', user), ncTypes, { http: 80, socks: 1080 });
}

/** Single-letter options with an argument, by their meaning; null if one is unknown. */
function optionsOf(words: readonly string[], meanings: Readonly<Record<string, string>>, flags: string) {
  const options = new Map<string, string>();
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, letter = '', value] = /^-([A-Za-z0-9])(.*)$/.exec(word) ?? [];
    const meaning = meanings[letter];
    if (meaning !== undefined) options.set(meaning, value || (left.shift() ?? ''));
    else if (letter === '' || !`${letter}${value ?? ''}`.split('').every((one) => flags.includes(one))) return null;
  }
  return options;
}

function proxied(
  options: ReadonlyMap<string, string>,
  types: ReadonlyMap<string | undefined, ProxyFields['type']>,
  ports: { readonly http: number; readonly socks: number },
): Through | null {
  const proxy = options.get('proxy');
  if (proxy === undefined) return direct;
  const type = types.get(options.get('type')?.toLowerCase());
  const [, bracketed, bare, port] = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(proxy) ?? [];
  const host = bracketed ?? bare;
  if (type === undefined || host === undefined || isUnexpanded(`${options.get('user') ?? ''}@${host}`)) return null;
  const [username, password] = options.get('user')?.split(/:(.*)/s) ?? [];
  const login = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
  return {
    ...direct,
    proxies: [{ type, host, port: Number(port ?? (type === 'http' ? ports.http : ports.socks)), ...login }],
  };
}

/** The fields of a host that is reached through these proxies. */
export function proxyFieldsOf({ proxies }: Through): Readonly<Record<string, unknown>> {
  return proxies.length === 0 ? {} : { useSocks5: true, socks5ProxyChain: proxies };
}

/** A jump host of a command as files name them. */
export function plainHop(jump: Through['jumpHosts'][number]): Hop {
  const { address, port, username } = jump;
  const key = 'identityFile' in jump && jump.identityFile ? { identityFile: jump.identityFile } : {};
  return { ref: null, address, port: port === 22 ? null : port, username, ...key };
}

/** Options for the jump hosts that are not imported. */
export function untakenOf({ jumpHosts }: Through): readonly string[] {
  return jumpHosts.flatMap((jump) => ('untaken' in jump ? jump.untaken : []));
}
