import type { ProxyAddress } from '../../model/host.ts';
import { plainText } from '../fields/plain-text.ts';
import { addressOf, describeProxy, proxiesOf } from '../fields/proxies.ts';
import type { Exported } from './exported.ts';

/** A file to include from ~/.ssh/config: every host that is reached over SSH, under its name. */
export function writeSshConfig(hosts: readonly Exported[]): string {
  const reached = hosts.filter(({ fields }) => fields.connectionType === 'ssh');
  const aliases = new Map<string, string>();
  const taken = new Set<string>();
  for (const { ref } of reached) {
    const plain = ref.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'host';
    let alias = plain;
    for (let count = 2; taken.has(alias); count += 1) alias = `${plain}-${count}`;
    taken.add(alias);
    aliases.set(ref, alias);
  }
  const blocks = reached.map(({ ref, fields, jumpHosts, credential }) => {
    const username = plainText(fields.username) || (credential?.username ?? '');
    const hops = jumpHosts.map((hop) => aliases.get(hop.ref)).filter((alias) => alias !== undefined);
    return [
      `Host ${aliases.get(ref) ?? ''}`,
      `  HostName ${plainText(fields.ip)
        .replace(/^\[(.*)\]$/, '$1')
        .replaceAll('%', '%%')}`,
      `  Port ${plainText(fields.port)}`,
      ...(username === '' ? [] : [`  User "${username.replaceAll(/["\\]/g, '\\$&')}"`]),
      ...(hops.length === 0 ? [] : [`  ProxyJump ${hops.join(',')}`]),
      ...proxyLines(proxiesOf(fields), hops.length > 0),
      '',
    ].join('\n');
  });
  return `# Hosts of Sonde. Include this file from ~/.ssh/config.\n\n${blocks.join('\n')}`;
}

const ncTypes = { socks4: '4', socks5: '5', http: 'connect' } as const;

/** One proxy as a netcat command (OpenBSD's); ssh takes no longer chain in one line. */
function proxyLines(proxies: readonly ProxyAddress[], hasJumps: boolean): readonly string[] {
  const [first] = proxies;
  if (first === undefined) return [];
  const [names, address] = [proxies.map(describeProxy).join(', '), addressOf(first)];
  // Values that a shell would interpret are left out of the command.
  const isPlain = /^[\w.:[\]-]+$/.test(address) && /^[\w.@-]*$/.test(first.username);
  if (proxies.length > 1 || hasJumps || !isPlain) return [`  # Sonde goes through ${names.replaceAll(/[\r\n]/g, ' ')}`];
  const user = first.username === '' ? '' : ` -P ${first.username}`;
  return [`  ProxyCommand nc -X ${ncTypes[first.type]} -x ${address}${user} %h %p`];
}
