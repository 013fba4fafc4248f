import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { noLabels } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { ownStatIn } from '../sampler/sampler.ts';
import { pageBytesOf, pageShell } from '../shared/pages.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector } from './export-collector.ts';

/** Linux reports times to programs in hundredths of a second. Source: USER_HZ, proc_pid_stat(5). */
const ticksPerSecond = 100;

const own = 'It is about the shell that Sonde holds on the host, and what that runs.';
const cpu = counter(
  'process_cpu_seconds_total',
  'CPU time that monitoring used on the host over this connection, in seconds.',
  own,
);
const virtual = gauge('process_virtual_memory_bytes', 'Address space of the shell that Sonde holds.', own);
const resident = gauge('process_resident_memory_bytes', 'Memory of the shell that Sonde holds.', own);
const started = gauge(
  'process_start_time_seconds',
  'When the shell that Sonde holds was started, in seconds since the epoch.',
  own,
);
const openFiles = gauge('process_open_fds', 'Open files of the shell that Sonde holds.', `${own} Read once an hour.`);
const mostFiles = gauge(
  'process_max_fds',
  'How many files the shell that Sonde holds may open.',
  `${own} Read once an hour.`,
);
const mostVirtual = gauge(
  'process_virtual_memory_max_bytes',
  'Limit of its address space; 2^64: none.',
  `${own} Read once an hour.`,
);

/** Without a limit, a program reads this. */
const unlimited = 2 ** 64;

type Told = readonly (readonly [typeof openFiles, number])[];

function limitsIn(text: string): Told {
  const found = parts(text);
  const [virtualKiB, files] = words(found.get('limits')?.head ?? '');
  return [
    [mostVirtual, virtualKiB === 'unlimited' ? unlimited : numeric(virtualKiB) * 1024],
    [mostFiles, numeric(files)],
    [openFiles, numeric(found.get('fds')?.head)],
  ];
}

function open(): NodeReader<null> {
  let limits: Told = [];
  let pageBytes = Number.NaN;
  return {
    heard(text) {
      limits = limitsIn(text);
      pageBytes = pageBytesOf(parts(text).get('page')?.head) ?? Number.NaN;
    },
    read({ files }, { put }) {
      for (const [family, value] of limits) put(family, noLabels, value);
      const fields = ownStatIn(files);
      if (fields === undefined) return;
      const field = (number: number): number => numeric(fields[number - 3]);
      put(cpu, noLabels, (field(14) + field(15) + field(16) + field(17)) / ticksPerSecond);
      const booted = /^\/proc\/stat:btime (\d{1,12})$/m.exec(files.get('/proc/stat') ?? '')?.[1];
      put(started, noLabels, numeric(booted) + field(22) / ticksPerSecond);
      put(virtual, noLabels, field(23));
      put(resident, noLabels, field(24) * pageBytes);
    },
  };
}

const node: readonly NodeExport<null>[] = [
  { collector: null, families: [cpu, virtual, resident, started, openFiles, mostFiles, mostVirtual], open },
];

/** What node_exporter tells of its own process, about the shell on the host. Source: /proc/PID/stat, ulimit. */
export const sampler = exportCollector({
  name: 'sampler',
  title: 'Sampler',
  shell: `[ "$O" = Linux ] && {
echo "@$n limits $(ulimit -v) $(ulimit -n)"
set -- /proc/$$/fd/*
echo "@$n fds $#"
${pageShell}
}`,
  cadenceSeconds: 3_600,
  node,
});
