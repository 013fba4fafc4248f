import { parseSshCommand } from '../../../model/connection/ssh-command.ts';
import { untakenText } from '../../../model/connection/ssh-options.ts';
import { splitWords } from '../../../model/connection/words.ts';
import { plainText } from '../../fields/plain-text.ts';
import type { Candidate, Hop, Skip } from '../candidate.ts';
import { plainHop, proxyFieldsOf, readProxyCommand, unknownCommand, untakenOf } from '../ssh/proxy-command.ts';
import type { InventoryHost } from './tree.ts';

const overSsh = ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh', 'ansible.builtin.paramiko_ssh'];
const maxTags = 50;
const maxTagLength = 100;

/** Hosts of an inventory as candidates. Source: Ansible's “Connecting to hosts: behavioral inventory parameters”. */
export function candidatesOf(hosts: readonly InventoryHost[], skip: Skip): readonly Candidate[] {
  const names = new Set(hosts.map(({ name }) => name));
  return hosts.flatMap((host) => {
    const { name, file, line, vars, groups } = host;
    const connection = plainText(vars.get('ansible_connection'));
    if (connection !== '' && !overSsh.includes(connection)) {
      skip(host, name, `It is not reached over SSH (ansible_connection is ${connection})`);
      return [];
    }
    const warnings: string[] = [];
    const read = (...keys: readonly string[]): string => {
      const key = keys.find((one) => vars.has(one)) ?? '';
      const value = plainText(vars.get(key));
      if (!/\{\{|\{%|^\$ANSIBLE_VAULT/.test(value)) return value;
      warnings.push(`${key} is a template or encrypted with ansible-vault, which Sonde cannot evaluate`);
      return '';
    };
    const address = read('ansible_host', 'ansible_ssh_host');
    const [port, username] = [read('ansible_port', 'ansible_ssh_port'), read('ansible_user', 'ansible_ssh_user')];
    const password = read('ansible_password', 'ansible_ssh_password', 'ansible_ssh_pass');
    const keyFile = read('ansible_private_key_file', 'ansible_ssh_private_key_file');
    const way = wayOf(
      ['ansible_ssh_common_args', 'ansible_ssh_extra_args', 'ansible_ssh_args'].map((key) => read(key)).join(' '),
      names,
      warnings,
    );
    const fields = {
      name,
      ip: address || name,
      ...(port === '' ? {} : { port: Number(port) || port }),
      ...(username === '' ? {} : { username }),
      ...(password === '' ? {} : { authType: 'password', password }),
      ...way.proxies,
      tags: groups.filter((group) => group.length <= maxTagLength).slice(0, maxTags),
    };
    const keyName = keyFile || way.identityFile;
    const identity = keyName ? { kind: 'key-file' as const, name: keyName } : null;
    return [{ file, line, ref: name, fields, hops: way.hops, identity, warnings }];
  });
}

/** The route in arguments for ssh: `-J a,b`, `-o ProxyJump=a`, `-o ProxyCommand="ssh -W %h:%p a"`. */
function wayOf(args: string, names: ReadonlySet<string>, warnings: string[]) {
  const nothing = { hops: [] as readonly Hop[], identityFile: null, proxies: {} };
  if (args.trim() === '') return nothing;
  const command = parseSshCommand(`ssh ${args} host`);
  if ('error' in command) {
    warnings.push(`The ssh arguments cannot be read: ${command.error}`);
    return nothing;
  }
  const inner = (splitWords(args, 'shell') ?? [])
    .map((word) => /^(?:-o)?proxycommand[= ]\s*(.*)$/is.exec(word)?.[1])
    .find(Boolean);
  const through = inner ? readProxyCommand(inner) : null;
  if (inner && !through) warnings.push(unknownCommand);
  const untaken = [...command.untaken, ...(through ? untakenOf(through) : [])];
  if (untaken.length > 0) warnings.push(untakenText(untaken));
  const hops = (through?.jumpHosts ?? command.jumpHosts).map(plainHop);
  return {
    hops: hops.map((hop) => ({ ...hop, ref: names.has(hop.address) ? hop.address : null })),
    identityFile: command.identityFile,
    proxies: through ? proxyFieldsOf(through) : {},
  };
}
