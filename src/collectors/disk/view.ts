import Type from 'typebox';
import { human, percent } from '../../lib/scale.ts';
import { count, countOrNull, number, numberOrNull, percentOrNull, text, textOrNull } from '../../lib/schema.ts';
import type { MountSettings } from '../../model/host.ts';
import { pressureSchema } from '../shared/pressure.ts';
import type { DiskFacts, Filesystem } from './facts.ts';

const filesystem = Type.Object({
  filesystem: text,
  type: textOrNull,
  mount: text,
  percent: percentOrNull,
  usedHuman: text,
  totalHuman: text,
  availableHuman: text,
  usedBytes: count,
  totalBytes: count,
  availableBytes: count,
  inodesTotal: countOrNull,
  inodesUsed: countOrNull,
  label: Type.Optional(Type.String({ description: 'The label of a monitored mount' })),
});

const device = Type.Object({
  device: text,
  readBytes: number,
  writtenBytes: number,
  reads: number,
  writes: number,
  ioMs: number,
  readBytesPerSecond: numberOrNull,
  writtenBytesPerSecond: numberOrNull,
  readsPerSecond: numberOrNull,
  writesPerSecond: numberOrNull,
  busyRatio: numberOrNull,
});

export const diskSchema = Type.Object(
  {
    percent: percentOrNull,
    usedHuman: textOrNull,
    totalHuman: textOrNull,
    availableHuman: textOrNull,
    mount: textOrNull,
    filesystems: Type.Array(filesystem),
    devices: Type.Array(device),
    pressure: pressureSchema,
  },
  { description: 'The root file system first, or otherwise the fullest' },
);

/**
 * The headline is the root file system. If the root is an image (Fedora CoreOS, bootc, ChromeOS), it is the file system
 * that the system writes to, otherwise the fullest of those shown.
 */
export function diskView(facts: DiskFacts | null, mounts: MountSettings) {
  const all = shown(facts?.filesystems ?? [], mounts);
  const usual = headlineMounts.flatMap((mount) => all.find((one) => one.mount === mount) ?? []);
  const headline =
    usual.find((one) => one.isReadOnly !== true) ?? usual[0] ?? [...all].sort((a, b) => b.usedRatio - a.usedRatio)[0];
  return {
    percent: percent(headline?.usedRatio),
    usedHuman: headline ? human(headline.usedBytes) : null,
    totalHuman: headline ? human(headline.totalBytes) : null,
    availableHuman: headline ? human(headline.availableBytes) : null,
    mount: headline?.mount ?? null,
    filesystems: all.map((one) => filesystemView(one, labelOf(one, mounts))),
    devices: facts?.devices ?? [],
    pressure: facts?.pressure ?? null,
  };
}

const headlineMounts = ['/', '/sysroot', '/var'];

function filesystemView(one: Filesystem, label: string | undefined) {
  return {
    filesystem: one.filesystem,
    type: one.type,
    mount: one.mount,
    percent: percent(one.usedRatio),
    usedHuman: human(one.usedBytes),
    totalHuman: human(one.totalBytes),
    availableHuman: human(one.availableBytes),
    usedBytes: one.usedBytes,
    totalBytes: one.totalBytes,
    availableBytes: one.availableBytes,
    inodesTotal: one.inodesTotal,
    inodesUsed: one.inodesUsed,
    ...(label === undefined ? {} : { label }),
  };
}

/** Monitored mounts come first, in their order, even if they are excluded; then all others that are not excluded. */
function shown(all: readonly Filesystem[], { excludedMounts, monitoredMounts }: MountSettings): readonly Filesystem[] {
  const monitored = monitoredMounts.flatMap(({ path }) => all.find((one) => one.mount === path) ?? []);
  const others = all.filter((one) => !excludedMounts.includes(one.mount));
  return [...new Set([...monitored, ...others])];
}

function labelOf(one: Filesystem, { monitoredMounts }: MountSettings): string | undefined {
  return monitoredMounts.find(({ path }) => path === one.mount)?.label || undefined;
}
