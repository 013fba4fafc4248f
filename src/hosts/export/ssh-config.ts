import { plainText } from '../plain-text.ts';
import type { Exported } from './exported.ts';

/** A file to include from ~/.ssh/config: every host that is reached over SSH under its name. */
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
      '',
    ].join('\n');
  });
  return `# Hosts of Sonde. Include this file from ~/.ssh/config.\n\n${blocks.join('\n')}`;
}
