import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { ofDevice } from '../node/labels.ts';
import { eachLine, scanNumbers } from '../node/text.ts';
import type { DiskFacts } from './facts.ts';
import { filesystemNode } from './node-filesystems.ts';

const sectorBytes = 512;
const perMs = 1 / 1_000;

/** The numbers of a line of /proc/diskstats after the name, in their order, and what each counts. Source: kernel admin-guide/iostats.rst. */
const columns = [
  { family: counter('node_disk_reads_completed_total', 'Reads that were completed.'), scale: 1 },
  { family: counter('node_disk_reads_merged_total', 'Reads that were merged with others.'), scale: 1 },
  { family: counter('node_disk_read_bytes_total', 'Bytes read.'), scale: sectorBytes },
  { family: counter('node_disk_read_time_seconds_total', 'Time that reads took together, in seconds.'), scale: perMs },
  { family: counter('node_disk_writes_completed_total', 'Writes that were completed.'), scale: 1 },
  { family: counter('node_disk_writes_merged_total', 'Writes that were merged with others.'), scale: 1 },
  { family: counter('node_disk_written_bytes_total', 'Bytes written.'), scale: sectorBytes },
  {
    family: counter('node_disk_write_time_seconds_total', 'Time that writes took together, in seconds.'),
    scale: perMs,
  },
  { family: gauge('node_disk_io_now', 'Reads and writes in progress.'), scale: 1 },
  { family: counter('node_disk_io_time_seconds_total', 'Time in which the disk was busy, in seconds.'), scale: perMs },
  {
    family: counter(
      'node_disk_io_time_weighted_seconds_total',
      'Time in which the disk was busy, times the reads and writes in progress, in seconds.',
    ),
    scale: perMs,
  },
  { family: counter('node_disk_discards_completed_total', 'Discards that were completed.'), scale: 1 },
  { family: counter('node_disk_discards_merged_total', 'Discards that were merged with others.'), scale: 1 },
  { family: counter('node_disk_discarded_sectors_total', 'Sectors that were discarded.'), scale: 1 },
  {
    family: counter('node_disk_discard_time_seconds_total', 'Time that discards took together, in seconds.'),
    scale: perMs,
  },
  { family: counter('node_disk_flush_requests_total', 'Flushes that were completed.'), scale: 1 },
  {
    family: counter('node_disk_flush_requests_time_seconds_total', 'Time that flushes took together, in seconds.'),
    scale: perMs,
  },
] as const;

/** What node_exporter leaves out by default: memory, images, floppies and partitions. */
const ignored = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

/** How many disks are exported. */
const mostDisks = 256;

const now = new Float64Array(columns.length);

const diskstats: NodeReader<DiskFacts> = {
  read({ files }, { put, cut }) {
    let disks = 0;
    eachLine(files, '/proc/diskstats', (line) => {
      const [start, device] = /^ *\d+ +\d+ (\S+) /.exec(line) ?? [];
      if (start === undefined || device === undefined || ignored.test(device)) return;
      disks += 1;
      if (disks > mostDisks) return;
      const count = scanNumbers(line, start.length, now);
      const labels = ofDevice(device);
      for (let index = 0; index < count; index += 1) {
        const column = columns[index];
        if (column !== undefined) put(column.family, labels, (now[index] ?? 0) * column.scale);
      }
    });
    for (const { family } of columns) cut(family, disks - mostDisks);
  },
};

/** What node_exporter's collectors of disks have. Source: /proc/diskstats; file systems: node-filesystems.ts. */
export const diskNode: readonly NodeExport<DiskFacts>[] = [
  { collector: 'diskstats', families: columns.map(({ family }) => family), open: () => diskstats },
  filesystemNode,
];
