import { isIP } from 'node:net';
import { badRequest } from '../../lib/errors.ts';

/** A host name, or an IPv4 or IPv6 address without brackets. Throws 400 that names the field. */
export function requireAddress(value: string, field: string): string {
  const address = value.replace(/^\[(.*)\]$/, '$1');
  if (address === '') throw badRequest(`${field} is required: a host name or an IPv4 or IPv6 address`);
  const [bare = '', zone] = address.split('%');
  if (isIP(bare) !== 0 && (zone === undefined || /^[\w.-]+$/.test(zone))) return address;
  if (/^[\d.]+$/.test(address) || !/^(?!-)[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?$/u.test(address)) {
    throw badRequest(`${field} must be a host name or an IPv4 or IPv6 address`);
  }
  return address;
}

/** A port number, or its digits. Throws 400 that names the field. */
export function requirePort(value: unknown, field: string): number {
  const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw badRequest(`${field} must be a whole number from 1 to 65535`);
  }
  return port;
}
