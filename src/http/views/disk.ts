import type { FactsByName, Filesystem } from '../../model/facts.ts';
import type { MountSettings } from '../../model/host.ts';
import { human, percent } from './scale.ts';

/**
 * The headline is the root file system. Where the root is an image (Fedora CoreOS, bootc), it is where the system keeps what it
 * writes, else the fullest of those that are shown.
 */
export function diskView(facts: FactsByName['disk'] | null, mounts: MountSettings) {
  const all = shown(facts?.filesystems ?? [], mounts);
  const headline =
    headlineMounts.flatMap((mount) => all.find((one) => one.mount === mount) ?? [])[0] ??
    [...all].sort((a, b) => b.usedRatio - a.usedRatio)[0];
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

/** Monitored mounts come first, in their order, be they excluded or not; then the others that are not excluded. */
function shown(all: readonly Filesystem[], { excludedMounts, monitoredMounts }: MountSettings): readonly Filesystem[] {
  const monitored = monitoredMounts.flatMap(({ path }) => all.find((one) => one.mount === path) ?? []);
  const others = all.filter((one) => !excludedMounts.includes(one.mount));
  return [...new Set([...monitored, ...others])];
}

function labelOf(one: Filesystem, { monitoredMounts }: MountSettings): string | undefined {
  return monitoredMounts.find(({ path }) => path === one.mount)?.label || undefined;
}
