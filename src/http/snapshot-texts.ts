import type { Hosts } from '../hosts/hosts.ts';
import type { MountSettings } from '../model/host.ts';
import type { HostStatus, Snapshot } from '../model/snapshot.ts';
import { snapshotView, statusView } from './views.ts';

type ForMounts = { readonly mounts: MountSettings; readonly text: string };

/** JSON of statuses and snapshots, made once however often it is read. */
export function createSnapshotTexts(hosts: { readonly mounts: Pick<Hosts['mounts'], 'known' | 'of'> }) {
  const statuses = new WeakMap<HostStatus, string>();
  const snapshots = new WeakMap<Snapshot, ForMounts>();
  return {
    status(status: HostStatus): string {
      let text = statuses.get(status);
      if (text === undefined) {
        text = JSON.stringify(statusView(status));
        statuses.set(status, text);
      }
      return text;
    },
    /** Made again only if the snapshot or the host's mount settings have changed. */
    async snapshot(snapshot: Snapshot): Promise<string> {
      const { hostId } = snapshot;
      const mounts = hosts.mounts.known(hostId) ?? (await hosts.mounts.of(hostId));
      let known = snapshots.get(snapshot);
      if (known?.mounts !== mounts) {
        known = { mounts, text: JSON.stringify(snapshotView(snapshot, mounts)) };
        snapshots.set(snapshot, known);
      }
      return known.text;
    },
  };
}

export type SnapshotTexts = ReturnType<typeof createSnapshotTexts>;
