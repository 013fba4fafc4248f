import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { gauge } from '../node/families.ts';
import { labelTable, noLabels } from '../node/labels.ts';
import type { ProcessesFacts } from './facts.ts';

const differs =
  'Read once a minute, more often while somebody has the host open. What Sonde runs to read it is left out.';
const state = gauge('node_processes_state', 'Processes in each state.', differs);
const threads = gauge('node_processes_threads', 'Threads.', differs);
const pids = gauge('node_processes_pids', 'Processes.', differs);

const ofState = labelTable((letter) => ({ state: letter }));

const reader: NodeReader<ProcessesFacts> = {
  read({ facts }, { put }) {
    // Counts of some processes are not counts of the host.
    if (facts === null || facts.isPartial) return;
    for (const letter in facts.states) put(state, ofState(letter), facts.states[letter] ?? 0);
    if (facts.threads !== null) put(threads, noLabels, facts.threads);
    put(pids, noLabels, facts.total);
  },
};

/** What node_exporter's collector of processes has, which is off there by default. */
export const processesNode: readonly NodeExport<ProcessesFacts>[] = [
  { collector: 'processes', families: [state, threads, pids], open: () => reader },
];
