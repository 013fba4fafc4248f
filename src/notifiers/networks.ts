import type { Address } from '../lib/names/address.ts';
import { defaultDeniedNetworks } from '../lib/names/denied-networks.ts';
import { DeniedError, isDenied } from '../lib/networks.ts';

/** This machine itself; an operator may permit it. */
const loopback: readonly string[] = ['127.0.0.0/8', '::1/128', '64:ff9b::7f00:0/104'];

/** Link-local addresses, metadata services and what is no single machine: no setting permits them. */
const never: readonly string[] = defaultDeniedNetworks.filter((one) => one !== '127.0.0.0/8');

/** Sources: RFC 1918, 6598, 4193, 2544, 6890; RFC 6052 for their forms in IPv6, RFC 3056 and 4380 for tunnels. */
const privateNetworks: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  '192.0.0.0/24',
  'fc00::/7',
  'fec0::/10',
  '64:ff9b::a00:0/104',
  '64:ff9b::ac10:0/108',
  '64:ff9b::c0a8:0/112',
  '64:ff9b::6440:0/106',
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/32',
];

/** Where messages of a channel may go. */
export type Reach = {
  /** Whose channel it is: admins also reach private networks. */
  readonly isAdmin: boolean;
  /** Networks that the operator permits to everybody (`SONDE_NOTIFY_NETWORKS`). */
  readonly permitted: readonly string[];
  /** The HTTP proxy that messages to public addresses go through; null: none. */
  readonly proxy?: URL | null;
};

/** Whether an address is of this machine or of a private network. */
export function isPrivate(address: string): boolean {
  return isDenied(address, loopback) || isDenied(address, privateNetworks);
}

/** Whether a message may be sent to an address. */
export function mayReach(address: string, { isAdmin, permitted }: Reach): boolean {
  if (isDenied(address, loopback)) return isDenied(address, permitted);
  if (isDenied(address, never)) return false;
  return isAdmin || !isDenied(address, privateNetworks) || isDenied(address, permitted);
}

/** The addresses that a message may be sent to; exactly these are dialled. Throws DeniedError if there are none. */
export function reachable(addresses: readonly Address[], reach: Reach): readonly Address[] {
  const left = addresses.filter(({ address }) => mayReach(address, reach));
  if (left.length === 0)
    throw new DeniedError(
      reach.isAdmin
        ? 'Sonde does not send messages to this address. SONDE_NOTIFY_NETWORKS can permit loopback addresses'
        : 'Sonde does not send messages of users to this network. An administrator can permit it with SONDE_NOTIFY_NETWORKS',
    );
  return left;
}
