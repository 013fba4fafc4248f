import type { Collector } from '../../model/collector.ts';

/** Where systems install the programs; sudo treats a path through a linked folder as the same. */
const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The hint of a section that needs root: the sudoers line that permits it. */
export function permitBySudo(asRoot: readonly string[]): string {
  return `Permit it in sudoers (USER ALL=(root) NOPASSWD: ${asRoot.map(rule).join(', ')}) and turn on sudo for the host. sonde print-authorized-key --sudoers USER prints the whole file.`;
}

/**
 * A sudoers file that lets a user run as root exactly what the collectors run, without an argument more or less. A
 * command without arguments is written with `""`, since sudo would otherwise permit any (`iptables-save -f FILE` writes
 * a file). Null for a name that sudoers could interpret as something else.
 */
export function sudoersFile(user: string, collectors: readonly Collector<never>[]): string | null {
  if (!/^[a-z_][a-z0-9_.-]*$/i.test(user) || /^[A-Z][A-Z0-9_]*$/.test(user)) return null;
  const rules = collectors
    .flatMap((collector) => collector.asRoot ?? [])
    .flatMap((command) =>
      folders.map((folder) => rule(`${folder}/${command.slice(command.lastIndexOf('/', nameEnd(command)) + 1)}`)),
    );
  return `# What Sonde reads as root, and nothing else. Check it with visudo -c -f FILE, then keep it as
# /etc/sudoers.d/sonde, mode 0440, and set sudo for the host in Sonde.
Cmnd_Alias SONDE = \\
    ${rules.join(', \\\n    ')}
Defaults:${user} !requiretty
${user} ALL=(root) NOPASSWD: SONDE
`;
}

/** A command in sudoers syntax. Source: sudoers(5), which characters of arguments need a backslash. */
function rule(command: string): string {
  const end = nameEnd(command);
  const args = command.slice(end).replace(/[,:=\\]/g, '\\$&');
  return `${command.slice(0, end)}${args === '' ? ' ""' : args}`;
}

function nameEnd(command: string): number {
  const space = command.indexOf(' ');
  return space < 0 ? command.length : space;
}
