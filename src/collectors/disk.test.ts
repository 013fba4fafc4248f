import { expect, test } from 'vitest';
import type { Section } from '../model/collector.ts';
import { disk } from './disk.ts';

function section(text: string | undefined, files = '', uptimeSeconds = 100): Section {
  return { files, text, uptimeSeconds, at: 0 };
}

const both = '@both\nFilesystem Type 1K-blocks Used Avail Use% Inodes IUsed Mounted on\n';
const df = (lines: string) => disk.parse(section(`${both}${lines}`), undefined).facts.filesystems;

test('sizes are bytes; the share is of what users may fill', () => {
  expect(df('/dev/sda1 ext4 1000 600 200 75% 100 10 /\n')).toEqual([
    {
      filesystem: '/dev/sda1',
      type: 'ext4',
      mount: '/',
      usedRatio: 0.75,
      inodesTotal: 100,
      inodesUsed: 10,
      totalBytes: 1_024_000,
      usedBytes: 614_400,
      availableBytes: 204_800,
    },
  ]);
});

test.each([
  ['spaces in names and mounts', 'my nas:/a b cifs 10 5 5 50% - - /mnt/a b\n', ['/mnt/a b']],
  [
    'what holds nothing of its own',
    'tmpfs tmpfs 10 0 10 0% 9 1 /run\n/dev/loop3 squashfs 10 10 0 100% 9 9 /snap/x\n',
    [],
  ],
  ['a container’s root', 'overlay overlay 10 5 5 50% 9 1 /\n', ['/']],
  ['the same device twice', '/dev/sda1 ext4 10 5 5 50% 9 1 /a/b\n/dev/sda1 ext4 10 5 5 50% 9 1 /a\n', ['/a']],
  ['two shares of one name', 'nas:/x nfs 10 5 5 50% 9 1 /a\nnas:/x nfs 10 5 5 50% 9 1 /b\n', ['/a', '/b']],
])('%s', (_, lines, mounts) => {
  expect(df(`${lines}/dev/z ext4 10 5 5 50% 9 1 /z\n`).map(({ mount }) => mount)).toEqual([...mounts, '/z']);
});

test('a df without types or inodes', () => {
  const text =
    '@df\nFilesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a b 10 5 5 50% /\ntmpfs 10 0 10 0% /run\n@inodes\n';
  expect(disk.parse(section(text), undefined).facts.filesystems).toMatchObject([
    { filesystem: '/dev/a b', type: null, mount: '/', inodesTotal: null },
  ]);
});

test('a share that does not answer is said; the local ones are shown', () => {
  const text =
    '@hung\n@df\nFilesystem Type 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 ext4 10 5 5 50% /\n';
  const { facts, error } = disk.parse(section(text), undefined);
  expect([error?.reason, facts.filesystems.map(({ mount }) => mount)]).toEqual(['timed-out', ['/']]);
});

test('between two runs of df the file systems stay', () => {
  const { facts } = disk.parse(section(`${both}/dev/sda1 ext4 10 5 5 50% 9 1 /\n`), undefined);
  expect(disk.parse(section(undefined), { facts, uptimeSeconds: 90 }).facts.filesystems).toEqual(facts.filesystems);
  expect(() => disk.parse(section('@df\n'), undefined)).toThrow('no file system');
});

test('partitions are within their disk’s numbers, unless the disk is not there', () => {
  const names = [
    'sda',
    'sda1',
    'nvme0n1',
    'nvme0n1p2',
    'mmcblk0',
    'mmcblk0p1',
    'xvda1',
    'dm-0',
    'md0',
    'loop0',
    'zram0',
  ];
  const files = names.map((name) => `/proc/diskstats: 8 0 ${name} 1 0 8 1 1 0 8 1 0 1 1\n`).join('');
  const shown = ['sda', 'nvme0n1', 'mmcblk0', 'xvda1', 'dm-0', 'md0'];
  expect(disk.parse(section(undefined, files), undefined).facts.devices.map(({ device }) => device)).toEqual(shown);
});
