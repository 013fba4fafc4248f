import { BlockList, isIP } from 'node:net';
import type { Address } from './names/address.ts';

/** All addresses of a name are in networks that must not be dialled. */
export class DeniedError extends Error {
  override readonly name = 'DeniedError';
}

/** An address, or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const lists = new WeakMap<readonly string[], BlockList>();

function listOf(denied: readonly string[]): BlockList {
  let list = lists.get(denied);
  if (list === undefined) {
    list = new BlockList();
    for (const network of denied) {
      const [address = '', bits] = network.split('/');
      const isOld = isIP(address) === 4;
      list.addSubnet(address, Number(bits ?? (isOld ? 32 : 128)), isOld ? 'ipv4' : 'ipv6');
    }
    lists.set(denied, list);
  }
  return list;
}

/** Whether an address is in one of the networks, including an IPv4 address in its IPv6 form (`::ffff:127.0.0.1`). */
export function isDenied(address: string, denied: readonly string[]): boolean {
  const [bare = ''] = address.split('%');
  return listOf(denied).check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}

/** The addresses that are in none of the networks. Throws {@link DeniedError} if there are none. */
export function allowed(addresses: readonly Address[], denied: readonly string[]): readonly Address[] {
  if (denied.length === 0) return addresses;
  const left = addresses.filter(({ address }) => !isDenied(address, denied));
  if (left.length === 0 && addresses.length > 0) throw new DeniedError('The address is in a blocked network');
  return left;
}
