import { type Change, type Differ, plain } from '../differ.ts';
import { diffed, settle } from '../lines.ts';

type Filesystem = { readonly mount: string };
type Facts = { readonly filesystems: readonly Filesystem[]; readonly leftOut?: { readonly filesystems?: number } };

/** What containers and sessions mount comes and goes with them. */
const fleeting = /^\/(run|media|var\/lib\/(docker|containers|containerd|kubelet|lxc|lxd)|snap|var\/snap)(\/|$)/;

/** File systems by where they are mounted. Seen twice before it is added, missed twice before it is gone. */
export const mounts: Differ<Facts> = {
  name: 'mounts',
  section: 'disk',
  despite: [],
  pick: (facts) => facts.filesystems,
  diff: (before, facts) => {
    // A host without any could not be read.
    if (facts.leftOut?.filesystems !== undefined || facts.filesystems.length === 0) return null;
    const places = facts.filesystems.map(({ mount }) => plain(mount)).filter((mount) => !fleeting.test(mount));
    const settled = settle(before, places, 2);
    return diffed(
      settled,
      [
        ...settled.removed.map((mount) => change('mount-gone', 'warning', `${mount} is no longer mounted`, mount)),
        ...settled.added.map((mount) => change('mount-added', 'info', `${mount} is mounted`, mount)),
      ],
      settled.added.map((mount) => ({ kind: 'mount-gone', subject: mount })),
    );
  },
};

function change(kind: Change['kind'], severity: Change['severity'], summary: string, mount: string): Change {
  return { kind, severity, summary, subject: mount, details: { mount } };
}
