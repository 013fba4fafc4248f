import type { NodeExport, NodeFamily, NodeSource, SeriesSink } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { noLabels } from '../node/labels.ts';
import { numberOrNull, variables } from '../shared/bsd.ts';
import { linesOf } from '../shared/text.ts';
import type { MemoryFacts } from './facts.ts';

const gauges = Object.fromEntries(
  Object.entries({
    total: 'Memory of the machine',
    size: 'Memory of the machine',
    free: 'Memory that nothing uses',
    active: 'Memory that was used recently',
    inactive: 'Memory that was not used recently',
    laundry: 'Memory that must be written before it is given away',
    wired: 'Memory that cannot be paged out',
    cache: 'Memory in the page cache that can be given away',
    buffer: 'Memory in block buffers',
    compressed: 'Memory that the compressor occupies',
    internal: 'Memory of programs',
    purgeable: 'Memory that programs said may be given away',
    swap_total: 'Size of swap',
    swap_size: 'Size of swap',
    swap_used: 'Swap in use',
  }).map(([name, help]) => [name, gauge(`node_memory_${name}_bytes`, `${help}.`)]),
);
const counters = Object.fromEntries(
  Object.entries({
    swap_in_bytes_total: 'Bytes read from swap',
    swap_out_bytes_total: 'Bytes written to swap',
    swapped_in_bytes_total: 'Bytes read from swap',
    swapped_out_bytes_total: 'Bytes written to swap',
  }).map(([name, help]) => [name, counter(`node_memory_${name}`, `${help}.`)]),
);
const families: Readonly<Record<string, NodeFamily>> = { ...gauges, ...counters };

/** Bytes by the name that node_exporter has for them on the system; null: the host does not tell. */
type Told = Readonly<Record<string, number | null>>;

function pages(count: number | null | undefined, pageBytes: number | null): number | null {
  return count === null || count === undefined || pageBytes === null ? null : count * pageBytes;
}

/** Numbers before or after a name: `241757 pages managed`, `Pages free: 6474.`. */
function named(files: string, path: string): ReadonlyMap<string, number> {
  return new Map(
    linesOf(files, path).flatMap((line) => {
      const [, before, name] = /^ *(\d{1,20}) (.+)$/.exec(line) ?? [];
      if (name !== undefined) return [[name, Number(before)] as const];
      const [, other, after] = /^"?([^":]+)"?: +(\d{1,20})\.?$/.exec(line) ?? [];
      return other === undefined ? [] : [[other, Number(after)] as const];
    }),
  );
}

function darwin(files: string): Told {
  const counts = named(files, 'vm_stat');
  const page = numberOrNull(/page size of (\d{1,20}) bytes/.exec(files)?.[1]);
  const of = (name: string): number | null => pages(counts.get(name), page);
  const told = variables(files);
  const [, total, used] = /^total = ([\d.]{1,20})M +used = ([\d.]{1,20})M /.exec(told.get('vm.swapusage') ?? '') ?? [];
  const mebibytes = (text: string | undefined): number | null => {
    const value = numberOrNull(text);
    return value === null ? null : Math.round(value * 1024 ** 2);
  };
  return {
    total: numberOrNull(told.get('hw.memsize')),
    free: of('Pages free'),
    active: of('Pages active'),
    inactive: of('Pages inactive'),
    wired: of('Pages wired down'),
    compressed: of('Pages occupied by compressor'),
    internal: of('Anonymous pages'),
    purgeable: of('Pages purgeable'),
    swap_total: mebibytes(total),
    swap_used: mebibytes(used),
    swapped_in_bytes_total: of('Pageins'),
    swapped_out_bytes_total: of('Pageouts'),
  };
}

function freeBsd(files: string, facts: MemoryFacts | null): Told {
  const told = variables(files);
  const page = numberOrNull(told.get('vm.stats.vm.v_page_size'));
  const of = (name: string): number | null => pages(numberOrNull(told.get(`vm.stats.vm.v_${name}`)), page);
  return {
    size: numberOrNull(told.get('hw.physmem')),
    free: of('free_count'),
    inactive: of('inactive_count'),
    laundry: of('laundry_count'),
    cache: of('cache_count'),
    wired: of('wire_count'),
    buffer: numberOrNull(told.get('vfs.bufspace')),
    swap_size: facts?.swapTotalBytes ?? null,
    swap_used: facts?.swapUsedBytes ?? null,
    swap_in_bytes_total: of('swappgsin'),
    swap_out_bytes_total: of('swappgsout'),
  };
}

function uvm(files: string): Told {
  const counts = named(files, 'vmstat');
  const page = counts.get('bytes per page') ?? null;
  const of = (name: string): number | null => pages(counts.get(name), page);
  return {
    size: of('pages managed'),
    free: of('pages free'),
    active: of('pages active'),
    inactive: of('pages inactive'),
    wired: of('pages wired'),
    swap_size: of('swap pages'),
    swap_used: of('swap pages in use'),
  };
}

function read({ files, facts }: NodeSource<MemoryFacts>, { put }: SeriesSink): void {
  const system = files.get('uname')?.slice('uname:'.length).trim();
  if (system === undefined) return;
  const text = ['sysctl', 'vm_stat', 'vmstat'].map((path) => files.get(path) ?? '').join('');
  const told = system === 'Darwin' ? darwin(text) : system === 'FreeBSD' ? freeBsd(text, facts) : uvm(text);
  for (const name in told) {
    const [family, value = null] = [families[name], told[name]];
    if (family !== undefined && value !== null) put(family, noLabels, value);
  }
}

/** Memory of macOS and the BSDs, which has names of its own there. Source: vm_stat, sysctl, vmstat -s. */
export const bsdMemoryNode: NodeExport<MemoryFacts> = {
  collector: 'meminfo',
  families: Object.values(families),
  open: () => ({ read }),
};
