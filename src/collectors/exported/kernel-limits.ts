import type { NodeExport, NodeFamily, SeriesSink } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { noLabels } from '../node/labels.ts';
import { numeric } from '../node/text.ts';

const rarely = 'Read every 5 minutes.';
const poolBits = gauge('node_entropy_pool_size_bits', 'Size of the pool of entropy, in bits.', rarely);
const mostProcesses = gauge('node_processes_max_processes', 'The highest number that a process can have.', rarely);
const mostThreads = gauge('node_processes_max_threads', 'How many threads the kernel permits.', rarely);
const hungTasks = counter(
  'node_kernel_hung_tasks_total',
  'Tasks that the kernel found hanging, since boot.',
  `${rarely} It goes up in steps.`,
);

const families: readonly (readonly [string, NodeFamily])[] = [
  ['/proc/sys/kernel/random/poolsize', poolBits],
  ['/proc/sys/kernel/pid_max', mostProcesses],
  ['/proc/sys/kernel/threads-max', mostThreads],
  ['/proc/sys/kernel/hung_task_detect_count', hungTasks],
];

/** Files of the kernel that hardly ever change: each would cost a host 0.01 ms with every sample. */
export const limitFiles = families.map(([path]) => path).join(' ');

export const limitsNode: readonly NodeExport<null>[] = [
  { collector: 'entropy', families: [poolBits] },
  { collector: 'processes', families: [mostProcesses, mostThreads] },
  { collector: 'kernel_hung', families: [hungTasks] },
];

/** The numbers in these files, as `grep` prints them, in the order of the files; NaN for a file that is not there. */
export function limitsIn(lines: readonly string[]): readonly number[] {
  return families.map(([path]) => {
    const line = lines.find((one) => one.startsWith(`${path}:`));
    return numeric(line?.slice(path.length + 1).trim());
  });
}

export function putLimits(limits: readonly number[], put: SeriesSink['put']): void {
  for (const [index, [, family]] of families.entries()) put(family, noLabels, limits[index] ?? Number.NaN);
}
