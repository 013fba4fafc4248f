import type { NodeExport, NodeReader, NodeSource } from '../../model/export/node.ts';
import type { Labels } from '../../model/export/series.ts';
import { gauge } from '../node/families.ts';
import { Kept, type Told } from '../node/kept.ts';
import { labelTable } from '../node/labels.ts';
import { isBsd } from '../shared/bsd.ts';
import { parts } from '../shared/text.ts';
import type { DiskFacts } from './facts.ts';
import { type Row, rowsOf } from './rows.ts';

const slow = 'Read every 2 minutes, so it may be that old.';
const size = gauge('node_filesystem_size_bytes', 'Size of a file system.', slow);
const free = gauge('node_filesystem_free_bytes', 'Space of a file system that nothing uses.', slow);
const available = gauge('node_filesystem_avail_bytes', 'Space of a file system that users can still use.', slow);
const inodes = gauge('node_filesystem_files', 'Files that a file system can hold.', slow);
const inodesFree = gauge('node_filesystem_files_free', 'Files that a file system can still take.', slow);
const readOnly = gauge('node_filesystem_readonly', 'Whether a file system may only be read: 1 or 0.', slow);
const deviceError = gauge(
  'node_filesystem_device_error',
  'Whether the size of a file system could not be read: 1 or 0.',
  `${slow} The label device_error is empty; it says no reason.`,
);

/** What node_exporter leaves out by default on Linux. */
const ignoredMounts =
  /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;
const ignoredTypes =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$/;
/** The same on the BSDs and macOS. */
const ignoredOthers = /^(devfs|devtmpfs|fdesc|fdescfs|kernfs|linprocfs|linsysfs|procfs|ptyfs|autofs)$/;
const mostMounts = 2_000;

/** A mount as it is exported; `row` is null if its size is not known. */
type Mount = {
  readonly labels: Labels;
  readonly row: Row | null;
  readonly isReadOnly: boolean | null;
  /** df waited for a share in vain, and showed only what is local. */
  readonly isHung: boolean;
};

/** Labels of a mount, made once from the text `device \0 type \0 mount`: a name may have line breaks. */
const ofMount = labelTable((text) => {
  const [device = '', fstype = '', mountpoint = ''] = text.split('\0');
  return { device, device_error: '', fstype, mountpoint };
});

/** `/proc/mounts` writes blanks and backslashes in octal (proc_pid_mounts(5)). */
function plain(field: string): string {
  return field.includes('\\')
    ? field.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    : field;
}

/** A mount point as node_exporter writes it: of what `/proc/mounts` writes in octal, it reads blanks and tabs. */
function pointLabel(point: string): string {
  return point.replaceAll('\\040', ' ').replaceAll('\\011', '\t');
}

/**
 * Every mount that node_exporter would show, with the row of df that tells its size: of its own mount point, or, as df shows a
 * device once, of another mount of the same device.
 */
function mountsOf(text: string): readonly Mount[] {
  const found = parts(text);
  const isHung = found.has('hung');
  const rows = rowsOf(text);
  const byMount = new Map(rows.map((row) => [row.mount, row]));
  const byDevice = new Map(rows.map((row) => [row.filesystem, row]));
  const seen = new Map<string, Mount>();
  for (const line of (found.get('mounts')?.lines ?? []).slice(0, mostMounts)) {
    // The sampler indents a line that begins with an @, as headings do.
    const [device = '', point = '', type = '', options = ''] = line.trimStart().split(' ');
    const mount = plain(point);
    if (ignoredMounts.test(mount) || ignoredTypes.test(type)) continue;
    const own = byMount.get(mount);
    const row = own?.filesystem === plain(device) ? own : (byDevice.get(plain(device)) ?? own ?? null);
    const isDisk = device.startsWith('/dev/');
    const known = isDisk ? row : (own ?? null);
    // The last mount on a mount point covers those before it.
    seen.set(mount, {
      // node_exporter leaves the name of a device as /proc/mounts writes it.
      labels: ofMount(`${device}\0${type}\0${pointLabel(point)}`),
      row: known,
      isReadOnly: `,${options},`.includes(',ro,'),
      isHung,
    });
  }
  return [...seen.values()];
}

/** Where there is no /proc/mounts, what df printed. */
function othersOf(text: string): readonly Mount[] {
  return rowsOf(text)
    .slice(0, mostMounts)
    .filter(({ type, mount }) => !ignoredOthers.test(type ?? '') && !/^\/dev($|\/)/.test(mount))
    .map((row) => ({
      labels: ofMount(`${row.filesystem}\0${row.type ?? ''}\0${row.mount}`),
      row,
      isReadOnly: null,
      isHung: false,
    }));
}

function toldOf({ labels, row, isReadOnly, isHung }: Mount): Told {
  const told: Told[number][] = [];
  if (isReadOnly !== null) told.push([readOnly, labels, isReadOnly ? 1 : 0]);
  // df says nothing of what has no size, and of what this login may not see.
  if (row !== null || isHung) told.push([deviceError, labels, row === null ? 1 : 0]);
  if (row === null) return told;
  const [totalKiB, usedKiB, availableKiB] = row.sizes;
  told.push([size, labels, totalKiB * 1024]);
  told.push([free, labels, Math.max(0, totalKiB - usedKiB) * 1024]);
  told.push([available, labels, availableKiB * 1024]);
  if (row.inodes === null) return told;
  told.push([inodes, labels, row.inodes[0]]);
  told.push([inodesFree, labels, Math.max(0, row.inodes[0] - row.inodes[1])]);
  return told;
}

/** Nothing of a text that is not understood: the section itself says why. */
function toldIn(text: string, isOther: boolean): Told {
  try {
    return (isOther ? othersOf(text) : mountsOf(text)).flatMap(toldOf);
  } catch {
    return [];
  }
}

function open(): NodeReader<DiskFacts> {
  const kept = new Kept();
  let text: string | null = null;
  return {
    heard(said) {
      text = said;
    },
    read({ files }: NodeSource<DiskFacts>, sink) {
      const said = text;
      text = null;
      if (said !== null) kept.set(toldIn(said, isBsd(files.get('uname') ?? '')));
      kept.put(sink);
    },
  };
}

/** Space of file systems. Source: df, /proc/mounts. */
export const filesystemNode: NodeExport<DiskFacts> = {
  collector: 'filesystem',
  families: [size, free, available, inodes, inodesFree, readOnly, deviceError],
  open,
};
