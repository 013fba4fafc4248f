import { expect, test } from 'vitest';
import type { Filesystem } from './facts.ts';
import { diskView } from './view.ts';

const all = { excludedMounts: [], monitoredMounts: [] };

function filesystem(mount: string, usedRatio: number): Filesystem {
  const sizes = { totalBytes: 1000, usedBytes: usedRatio * 1000, availableBytes: 1000 - usedRatio * 1000 };
  return { filesystem: `/dev/${mount}`, type: 'ext4', mount, ...sizes, usedRatio, inodesTotal: null, inodesUsed: null };
}

test.each([
  ['the root, whatever is fuller', ['/', 0.2, '/boot', 0.9], '/', 20],
  ['where a system with an image for a root writes', ['/boot', 0.44, '/var', 0.24], '/var', 24],
  ['its physical root before /var', ['/boot', 0.44, '/var', 0.3, '/sysroot', 0.24], '/sysroot', 24],
  ['the fullest elsewhere', ['/mnt/a', 0.5, '/mnt/b', 0.7], '/mnt/b', 70],
] as const)('the headline is %s', (_, list, mount, percent) => {
  const filesystems = list.flatMap((one, index) =>
    typeof one === 'string' ? [filesystem(one, list[index + 1] as number)] : [],
  );
  expect(diskView({ filesystems, devices: [], pressure: null }, all)).toMatchObject({ mount, percent });
});

test('a root that is not written to is replaced by the file system that the system writes to, if there is one', () => {
  const root = { ...filesystem('/', 0.97), isReadOnly: true as const };
  const view = (...filesystems: Filesystem[]) => diskView({ filesystems, devices: [], pressure: null }, all);
  expect(view(root, filesystem('/boot', 0.4), filesystem('/var', 0.02))).toMatchObject({ mount: '/var', percent: 2 });
  expect(view(root, filesystem('/boot', 0.4))).toMatchObject({ mount: '/', percent: 97 });
});

test('without file systems there is none', () => {
  expect(diskView(null, all)).toMatchObject({ mount: null, percent: null, totalHuman: null });
});
