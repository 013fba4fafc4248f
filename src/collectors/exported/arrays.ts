import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { gauge } from '../node/families.ts';
import { labelTable, ofDevice } from '../node/labels.ts';
import { eachLine } from '../node/text.ts';
import { exportCollector } from './export-collector.ts';

const disks = gauge('node_md_disks', 'Disks of a software RAID in each state.');
const required = gauge('node_md_disks_required', 'Disks that a software RAID needs to be whole.');
const blocks = gauge('node_md_blocks', 'Blocks of a software RAID.');
const synced = gauge('node_md_blocks_synced', 'Blocks of a software RAID that are in step on all disks.');
const states = gauge('node_md_state', 'The state of a software RAID: 1 for the one that it is in, else 0.');

const ofDisks = labelTable((text) => {
  const [device = '', state = ''] = text.split('\n');
  return { device, state };
});
const arrayStates = ['active', 'inactive', 'recovering', 'check', 'resync'] as const;
const mostArrays = 200;
const mostMembers = 1_000;

/** A software RAID as /proc/mdstat shows it. Source: kernel drivers/md/md.c, md_seq_show. */
type RaidArray = {
  readonly device: string;
  readonly isActive: boolean;
  readonly members: readonly string[];
  blocks: number;
  synced: number;
  active: number;
  required: number;
  activity: (typeof arrayStates)[number] | null;
};

const activities: Readonly<Record<string, (typeof arrayStates)[number]>> = {
  recovery: 'recovering',
  reshape: 'recovering',
  resync: 'resync',
  check: 'check',
};

/** The first arrays, and how many others there are. */
function arraysOf(files: ReadonlyMap<string, string>): {
  readonly arrays: readonly RaidArray[];
  readonly more: number;
} {
  const arrays: RaidArray[] = [];
  let more = 0;
  eachLine(files, '/proc/mdstat', (line) => {
    if (arrays.length >= mostArrays) {
      if (/^md\S* : /.test(line)) more += 1;
      // What follows the last one that is read may be about another.
      if (more > 0) return;
    }
    const [, device, word, rest = ''] = /^(md\S*) : (active|inactive)(?: \([a-z-]+\))?(.*)$/.exec(line) ?? [];
    if (device !== undefined) {
      const members = rest.split(' ', mostMembers).filter((one) => /\[\d+\]/.test(one));
      arrays.push({
        device,
        isActive: word === 'active',
        members,
        blocks: 0,
        synced: 0,
        active: 0,
        required: 0,
        activity: null,
      });
      return;
    }
    const array = arrays.at(-1);
    if (array === undefined) return;
    const [, size] = /^ +(\d{1,18}) blocks/.exec(line) ?? [];
    if (size !== undefined) {
      array.blocks = Number(size);
      array.synced = Number(size);
      const [, needed, there] = / \[(\d{1,5})\/(\d{1,5})\] /.exec(`${line} `) ?? [];
      array.required = needed === undefined ? array.members.length : Number(needed);
      array.active = there === undefined ? array.members.length : Number(there);
    }
    const [, activity = '', done] = /(recovery|resync|check|reshape) *= *[\d.]+% \((\d{1,18})\//.exec(line) ?? [];
    if (done !== undefined) {
      array.activity = activities[activity] ?? null;
      array.synced = Number(done);
    }
    if (/^\s+resync=(DELAYED|PENDING)/.test(line)) array.activity = 'resync';
  });
  return { arrays, more };
}

const reader: NodeReader<null> = {
  read({ files }, { put, cut }) {
    if (!files.has('/proc/mdstat')) return;
    const { arrays, more } = arraysOf(files);
    for (const array of arrays) {
      const { device, isActive, members } = array;
      const count = (mark: string): number => members.filter((member) => member.includes(mark)).length;
      const failed = count('(F)');
      const spare = count('(S)');
      const put4 = {
        active: isActive ? array.active : 0,
        down: Math.max(0, array.required - array.active - failed),
        failed,
        spare,
      };
      for (const [state, value] of Object.entries(put4)) put(disks, ofDisks(`${device}\n${state}`), value);
      put(required, ofDevice(device), array.required);
      put(blocks, ofDevice(device), array.blocks);
      put(synced, ofDevice(device), array.synced);
      const now = array.activity ?? (isActive ? 'active' : 'inactive');
      for (const state of arrayStates) put(states, ofDisks(`${device}\n${state}`), state === now ? 1 : 0);
    }
    cut(disks, more * 4);
  },
};

const node: readonly NodeExport<null>[] = [
  {
    collector: 'mdadm',
    families: [disks, required, blocks, synced, states],
    files: ['/proc/mdstat'],
    open: () => reader,
  },
];

/** Software RAIDs. Source: /proc/mdstat. */
export const arrays = exportCollector({ name: 'arrays', title: 'Arrays', shell: null, cadenceSeconds: 0, node });
