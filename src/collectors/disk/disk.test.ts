import { expect, test } from 'vitest';
import type { Section } from '../../model/collector.ts';
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
  ['a mount point that is longer than any', `/dev/x ext4 10 5 5 50% 9 1 /${'x'.repeat(200_000)}\n`, []],
  ['two shares of one name', 'nas:/x nfs 10 5 5 50% 9 1 /a\nnas:/x nfs 10 5 5 50% 9 1 /b\n', ['/a', '/b']],
])('%s', (_, lines, mounts) => {
  expect(df(`${lines}/dev/z ext4 10 5 5 50% 9 1 /z\n`).map(({ mount }) => mount)).toEqual([...mounts, '/z']);
});

test('a file system that is mounted read-only is marked', () => {
  const lines = '/dev/root ext2 1000 970 30 97% 9 1 /\n/dev/sda1 ext4 900 1 899 1% 9 1 /var\n';
  expect(df(`${lines}@readonly\n/dev/root / ext2 ro,relatime 0 0\n`).map((one) => one.isReadOnly)).toEqual([
    true,
    undefined,
  ]);
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

test('blank lines cost no disk', () => {
  const files =
    '/proc/diskstats:   8       0 sda 14200 3361 892828 5058 18736 13416 715384 12604 0 24940 17663 0 0 0 0 0 0\n/proc/diskstats:\n/proc/diskstats:  \n';
  expect(disk.parse(section(undefined, files), undefined).facts.devices.map(({ device }) => device)).toEqual(['sda']);
});

test('partitions of devices with unusual names', () => {
  const names =
    'dasda dasda1 cciss/c0d0 cciss/c0d0p1 md127 md127p2 nbd0 nbd0p1 rbd1 rbd1p3 pmem0 pmem0p1 zd16 zd16p1 ubda ubda1 etherd/e1.1 etherd/e1.1p1 drbd0 bcache0 bcache0p1 nvme0n1 nvme0c0n1 md1 md12 dm-1 dm-12 loop3p1 sdp sdp1'.split(
      ' ',
    );
  const files = names.map((name) => `/proc/diskstats: 8 0 ${name} 1 0 8 1 1 0 8 1 0 1 1\n`).join('');
  expect(disk.parse(section(undefined, files), undefined).facts.devices.map(({ device }) => device)).toEqual(
    'dasda cciss/c0d0 md127 nbd0 rbd1 pmem0 zd16 ubda etherd/e1.1 drbd0 bcache0 nvme0n1 md1 md12 dm-1 dm-12 sdp'.split(
      ' ',
    ),
  );
});

test.each([
  [
    'FUSE mounts, which all have one source',
    '/dev/fuse fuse 131072 40 131032 1% 262144 60 /etc/pve\n/dev/fuse fuse 976762584 900000000 76762584 93% 0 0 /mnt/media\n',
    ['/etc/pve', '/mnt/media'],
  ],
  [
    'a folder with a quota of its own',
    '/dev/sdb1 xfs 1000000 300000 700000 30% 9 1 /srv\n/dev/sdb1 xfs 1000 990 10 99% 9 1 /srv/www/customer1\n',
    ['/srv', '/srv/www/customer1'],
  ],
  [
    'one file system that grew while df ran',
    '/dev/sdb1 ext4 1000 300 700 30% 9 1 /srv\n/dev/sdb1 ext4 1000 301 699 31% 9 1 /var/lib/docker\n',
    ['/srv'],
  ],
  [
    'subvolumes of btrfs',
    '/dev/sdc btrfs 1000 300 700 30% 0 0 /home\n/dev/sdc btrfs 1000 300 700 30% 0 0 /var/log\n',
    ['/home'],
  ],
  [
    'images',
    '/dev/sr0 iso9660 900 900 0 100% 0 0 /media/cdrom\nx.AppImage fuse.squashfuse 9 9 0 100% 1 1 /tmp/m\n',
    [],
  ],
  [
    'an image that is a loop device',
    '/dev/loop7 ext4 900 890 0 100% 9 9 /opt/image\n@readonly\n/dev/loop7 /opt/image ext4 ro,relatime 0 0\n',
    [],
  ],
  ['a loop device that is written to', '/dev/loop7 ext4 900 890 5 99% 9 9 /opt/data\n@readonly\n', ['/opt/data']],
  [
    'a full disk that errors made read-only',
    '/dev/sdd1 ext4 900 900 0 100% 9 9 /data\n@readonly\n/dev/sdd1 /data ext4 ro 0 0\n',
    ['/data'],
  ],
  ['a USB stick in UDF', '/dev/sde1 udf 900 100 800 12% 0 0 /media/usb\n@readonly\n', ['/media/usb']],
])('%s', (_, lines, mounts) => {
  expect(df(`/dev/z ext4 10 5 5 50% 9 1 /\n${lines}`).map(({ mount }) => mount)).toEqual(['/', ...mounts]);
});

test.each([
  [
    'Fedora CoreOS',
    'composefs overlay 34816 34816 0 100% 21000 21000 /\n/dev/mapper/luks-1 xfs 499122176 117440512 379584512 24% 249561088 500000 /var\n/dev/nvme0n1p2 ext4 996780 400000 528000 44% 65536 400 /boot\n',
    ['/var', '/boot'],
  ],
  [
    'a system with its root in a read-only overlay',
    'overlay overlay 900 900 0 100% 9 9 /\n/dev/sda2 ext4 900 100 800 12% 9 1 /var\n@readonly\noverlay / overlay ro,lowerdir=/a 0 0\n',
    ['/var'],
  ],
  [
    'a router',
    '/dev/root squashfs 2560 2560 0 100% 900 900 /rom\noverlayfs:/overlay overlay 9000 500 8500 6% 0 0 /\n/dev/mtdblock6 jffs2 9000 500 8500 6% 0 0 /overlay\n@readonly\n/dev/root /rom squashfs ro 0 0\n',
    ['/', '/overlay'],
  ],
  ['a container', 'overlay overlay 900 900 0 100% 9 1 /\n@readonly\n', ['/']],
  ['an appliance that is nothing but an image', '/dev/root squashfs 900 900 0 100% 9 9 /\n', ['/']],
])('the file systems of %s', (_, lines, mounts) => {
  expect(df(lines).map(({ mount }) => mount)).toEqual(mounts);
});
