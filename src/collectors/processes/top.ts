import type { Sample } from '../../model/observation.ts';
import type { ProcessesFacts } from './facts.ts';

const most = 3;
const maxLength = 60;
const interpreters = /^(?:python|node|nodejs|ruby|perl|php|java|bash|sh|dash|deno|bun)[\d.]*$/;

/** A process by its short name, and how much it used. */
type Used = { readonly name: string; readonly value: number };

/**
 * The three processes that used most CPU (of one processor) and most memory (bytes), highest first; null for a sample
 * without processes.
 */
export function topProcesses({
  sections,
}: Pick<Sample, 'sections'>): { readonly cpu: readonly Used[]; readonly memory: readonly Used[] } | null {
  // Safe: each entry was made by the collector of that name.
  const facts = sections.find(({ name }) => name === 'processes')?.facts as ProcessesFacts | null | undefined;
  if (!facts) return null;
  const cpu = facts.topCpu.flatMap(({ command, cpuRatio }) =>
    cpuRatio === null || cpuRatio <= 0 ? [] : [{ name: shortName(command), value: cpuRatio }],
  );
  const memory = facts.topMemory.flatMap(({ command, residentBytes }) =>
    residentBytes === null ? [] : [{ name: shortName(command), value: residentBytes }],
  );
  return { cpu: cpu.slice(0, most), memory: memory.slice(0, most) };
}

/**
 * What identifies a command line: its program, with the script if that is an interpreter, or the title that a program
 * set for itself (`nginx: worker process`). Other arguments are not kept for long, because some contain passwords.
 */
export function shortName(command: string): string {
  const line = command.trim();
  if (line.startsWith('[') || /^[\w.-]+: /.test(line)) return line.slice(0, maxLength);
  const [program = '', ...rest] = line.split(/\s+/, 20);
  const name = baseOf(program);
  const script = interpreters.test(name) ? rest.find((word) => !word.startsWith('-')) : undefined;
  return (script === undefined ? name : `${name} ${baseOf(script)}`).slice(0, maxLength);
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
