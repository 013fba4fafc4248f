import { isIP } from 'node:net';

/** An IP address and a port. */
export type Place = { readonly address: string; readonly port: number };

/** Reads `192.0.2.1:443` or `[2001:db8::1]:443`; null: it is neither. */
export function placeOf(text: string): Place | null {
  const {
    v4,
    v6,
    digits = '',
  } = /^(?:(?<v4>[\d.]+)|\[(?<v6>[\da-f:.]+)\]):(?<digits>\d{1,5})$/i.exec(text)?.groups ?? {};
  const [address, port] = [v4 ?? v6 ?? '', Number(digits)];
  return isIP(address) === (v4 === undefined ? 6 : 4) && port >= 1 && port <= 65_535 ? { address, port } : null;
}
