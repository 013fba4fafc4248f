/** What the files of the machine of node-tree.ts are about. */

export const cores = [0, 1, 2, 3];
export const disks = ['sda', 'sda1', 'sdb', 'nvme0n1', 'nvme0n1p1', 'dm-0', 'md0', 'loop0', 'zram0'];
export const interfaces = ['lo', 'eth0', 'eth1', 'bond0', 'veth1a2b', 'wlan0'];

/** Numbers that count up from a start, so that a swapped field shows. */
export function upFrom(start: number, count: number, step = 7): string {
  return Array.from({ length: count }, (_, index) => start + index * step).join(' ');
}
