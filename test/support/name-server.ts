/** A name server on loopback that answers, refuses or stays silent, as the test wants. */
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** The answer for a name: addresses, `nxdomain`, `servfail`, or nothing at all. */
export type Said =
  | { readonly a?: readonly string[]; readonly aaaa?: readonly string[] }
  | 'nxdomain'
  | 'servfail'
  | 'silence';

export type NameServer = {
  /** `address:port`. */
  readonly at: string;
  /** The names that were asked for, in order, each once per address family. */
  readonly asked: string[];
  readonly close: () => void;
};

/** Source: RFC 1035 §4.1. */
export async function startNameServer(say: (name: string) => Said): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const labels: string[] = [];
    let place = 12;
    for (let length = query[place] ?? 0; length > 0; length = query[place] ?? 0) {
      labels.push(query.toString('latin1', place + 1, place + 1 + length));
      place += length + 1;
    }
    const type = query.readUInt16BE(place + 1);
    const name = labels.join('.').toLowerCase();
    asked.push(name);
    const said = say(name);
    if (said === 'silence') return;
    const code = said === 'nxdomain' ? 3 : said === 'servfail' ? 2 : 0;
    const addresses = typeof said === 'string' ? [] : ((type === 1 ? said.a : said.aaaa) ?? []);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | code, 2);
    for (const [offset, count] of [
      [4, 1],
      [6, addresses.length],
      [8, 0],
      [10, 0],
    ] as const)
      head.writeUInt16BE(count, offset);
    const answers = addresses.map((address) => {
      const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : sixteen(address);
      const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
      return Buffer.concat([record, data]);
    });
    socket.send(Buffer.concat([head, query.subarray(12, place + 5), ...answers]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  socket.setRecvBufferSize(4_000_000);
  return { at: `127.0.0.1:${(socket.address() as AddressInfo).port}`, asked, close: () => void socket.close() };
}

/** The bytes of an IPv6 address with at most one `::`. */
function sixteen(address: string): Buffer {
  const [before = '', after = ''] = address.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [head, tail] = [words(before), words(after)];
  const bytes = Buffer.alloc(16);
  for (const [index, word] of head.entries()) bytes.writeUInt16BE(word, index * 2);
  for (const [index, word] of tail.entries()) bytes.writeUInt16BE(word, 16 - (tail.length - index) * 2);
  return bytes;
}
