import type { Collector } from '../../model/collector.ts';
import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { noLabels, ofCpu } from '../node/labels.ts';
import { eachLine, firstLine, numeric, scanNumbers } from '../node/text.ts';
import { words } from '../shared/text.ts';

const perMicrosecond = 1e6;
const perNanosecond = 1e9;
const mostCores = 256;

const pressures = [
  [
    'cpu',
    'some',
    counter('node_pressure_cpu_waiting_seconds_total', 'Time in which a task waited for a processor, in seconds.'),
  ],
  [
    'io',
    'some',
    counter('node_pressure_io_waiting_seconds_total', 'Time in which a task waited for a disk, in seconds.'),
  ],
  [
    'io',
    'full',
    counter('node_pressure_io_stalled_seconds_total', 'Time in which all tasks waited for disks, in seconds.'),
  ],
  [
    'memory',
    'some',
    counter('node_pressure_memory_waiting_seconds_total', 'Time in which a task waited for memory, in seconds.'),
  ],
  [
    'memory',
    'full',
    counter('node_pressure_memory_stalled_seconds_total', 'Time in which all tasks waited for memory, in seconds.'),
  ],
  [
    'irq',
    'full',
    counter('node_pressure_irq_stalled_seconds_total', 'Time in which tasks waited for interrupts, in seconds.'),
  ],
] as const;
const pressureFiles = [...new Set(pressures.map(([resource]) => `/proc/pressure/${resource}`))];

const pressure: NodeReader<null> = {
  read({ files }, { put }) {
    for (const [resource, kind, family] of pressures)
      eachLine(files, `/proc/pressure/${resource}`, (line) => {
        const at = line.startsWith(`${kind} `) ? line.indexOf(' total=') : -1;
        if (at >= 0) put(family, noLabels, numeric(line.slice(at + ' total='.length).trim()) / perMicrosecond);
      });
  },
};

const scheduled = [
  [6, perNanosecond, counter('node_schedstat_running_seconds_total', 'Time that tasks ran on a core, in seconds.')],
  [7, perNanosecond, counter('node_schedstat_waiting_seconds_total', 'Time that tasks waited for a core, in seconds.')],
  [8, 1, counter('node_schedstat_timeslices_total', 'Time slices of tasks on a core.')],
] as const;
const fields = new Float64Array(9);

const schedstat: NodeReader<null> = {
  read({ files }, { put, cut }) {
    let cores = 0;
    eachLine(files, '/proc/schedstat', (line) => {
      const core = /^cpu(\d{1,4}) /.exec(line)?.[1];
      if (core === undefined || scanNumbers(line, 4 + core.length, fields) < fields.length) return;
      cores += 1;
      if (cores > mostCores) return;
      for (const [index, scale, family] of scheduled) put(family, ofCpu(core), (fields[index] ?? 0) / scale);
    });
    for (const [, , family] of scheduled) cut(family, cores - mostCores);
  },
};

const allocated = gauge('node_filefd_allocated', 'Open files of all processes.');
const maximum = gauge('node_filefd_maximum', 'How many files all processes together may open.');

const filefd: NodeReader<null> = {
  read({ files }, { put }) {
    const [open, , most] = words(firstLine(files, '/proc/sys/fs/file-nr') ?? '');
    put(allocated, noLabels, numeric(open));
    put(maximum, noLabels, numeric(most));
  },
};

const entropyBits = gauge('node_entropy_available_bits', 'Entropy that the kernel has collected, in bits.');

const entropy: NodeReader<null> = {
  read({ files }, { put }) {
    put(entropyBits, noLabels, numeric(firstLine(files, '/proc/sys/kernel/random/entropy_avail')));
  },
};

const node: readonly NodeExport<null>[] = [
  {
    collector: 'pressure',
    families: pressures.map(([, , family]) => family),
    files: pressureFiles,
    open: () => pressure,
  },
  {
    collector: 'schedstat',
    families: scheduled.map(([, , family]) => family),
    files: ['/proc/schedstat'],
    open: () => schedstat,
  },
  { collector: 'filefd', families: [allocated, maximum], files: ['/proc/sys/fs/file-nr'], open: () => filefd },
  {
    collector: 'entropy',
    families: [entropyBits],
    files: ['/proc/sys/kernel/random/entropy_avail'],
    open: () => entropy,
  },
];

/** What an export wants of files of the kernel that no section is made of. */
export const kernel: Collector<null, 'kernel'> = {
  name: 'kernel',
  title: 'Kernel',
  files: [],
  shell: null,
  cadenceSeconds: 0,
  parse: () => ({ source: '/proc', facts: null }),
  metrics: {},
  node,
  forExport: true,
};
