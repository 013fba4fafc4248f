import ipaddr from 'ipaddr.js';
import { remembering } from './bounds/remembering.ts';

const maxLength = 64;

/**
 * The address by which a client is counted: IPv4 in full (also when written as IPv6), IPv6 by its network of 64 bits,
 * since whoever has one address of such a network has them all. Anything that is not an address stays as it is.
 */
export const sourceOf = remembering((address): string => {
  if (!ipaddr.isValid(address)) return address.slice(0, maxLength);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
});
