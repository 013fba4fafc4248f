import type { Collector } from '../../model/collector.ts';

/** Where systems keep the programs; sudo takes a path through a linked folder for the same. */
const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The hint of a section that needs root: the line that permits it. */
export function permitBySudo(asRoot: readonly string[]): string {
  return `Permit it by sudoers (USER ALL=(root) NOPASSWD: ${asRoot.map(rule).join(', ')}) and set sudo for the host; sonde print-authorized-key --sudoers USER prints the whole file.`;
}

/**
 * A sudoers file with which a user runs as root exactly what the collectors run, no argument more or less: a command
 * without arguments is written with `""`, since sudo would else permit any (`iptables-save -f FILE` writes a file).
 * Null for a name that sudoers could take for something else.
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

/** A command as sudoers has it. Source: sudoers(5), which characters of arguments are written with a backslash. */
function rule(command: string): string {
  const end = nameEnd(command);
  const args = command.slice(end).replace(/[,:=\\]/g, '\\$&');
  return `${command.slice(0, end)}${args === '' ? ' ""' : args}`;
}

function nameEnd(command: string): number {
  const space = command.indexOf(' ');
  return space < 0 ? command.length : space;
}
