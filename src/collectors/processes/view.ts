import Type from 'typebox';
import { countOrNull, numberOrNull, text } from '../../lib/schema.ts';
import type { Process, ProcessesFacts } from './facts.ts';

/** Of a command line in a snapshot; some are many thousands long, and snapshots go out every few seconds. */
const shownCharacters = 500;

const process = Type.Object({
  pid: text,
  user: text,
  cpu: Type.String({ description: 'Percent of one core' }),
  mem: Type.String({ description: 'Percent' }),
  command: Type.String({
    description: 'At most 500 characters; GET /metrics/{id}/processes/{pid} has all that is known',
  }),
  isCommandCut: Type.Boolean(),
  residentBytes: numberOrNull,
  state: text,
});

export const processesSchema = Type.Object({
  total: countOrNull,
  running: countOrNull,
  top: Type.Array(process),
  topMemory: Type.Array(process),
  sleeping: countOrNull,
  blocked: countOrNull,
  zombie: countOrNull,
  stopped: countOrNull,
  threads: countOrNull,
});

export function processesView(facts: ProcessesFacts | null) {
  const total = facts?.memoryTotalBytes ?? null;
  const show = (one: Process) => ({
    pid: String(one.pid),
    user: one.user ?? '?',
    cpu: one.cpuRatio === null ? '0.0' : (one.cpuRatio * 100).toFixed(1),
    mem: total && one.residentBytes !== null ? ((one.residentBytes / total) * 100).toFixed(1) : '0.0',
    command: one.command.slice(0, shownCharacters).toWellFormed(),
    isCommandCut: one.command.length > shownCharacters,
    residentBytes: one.residentBytes,
    state: one.state,
  });
  // Numbers about some processes are not counts of the host.
  const counts = facts?.isPartial ? null : facts;
  return {
    total: counts?.total ?? null,
    running: counts?.running ?? null,
    top: facts?.topCpu.map(show) ?? [],
    topMemory: facts?.topMemory.map(show) ?? [],
    sleeping: counts?.sleeping ?? null,
    blocked: counts?.blocked ?? null,
    zombie: counts?.zombie ?? null,
    stopped: counts?.stopped ?? null,
    threads: counts?.threads ?? null,
  };
}
