/** An SSH server in this process that floods its clients with one kind of packet until they leave. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import ssh2, { type Connection } from 'ssh2';

/** When it begins, and what it sends: payloads, numbered from 0, or repeated key exchanges. */
export type Flood = {
  readonly at: 'login' | 'ready' | 'channel';
  readonly payload: ((index: number) => Buffer) | 'rekey';
};

/** The parts of an ssh2 1.17 connection that are used here. */
type Internals = {
  readonly _protocol: {
    readonly _cipher: { readonly encrypt: (packet: Buffer) => void };
    readonly _packetRW: {
      readonly write: {
        readonly allocStart: number;
        readonly alloc: (length: number) => Buffer;
        readonly finalize: (packet: Buffer) => Buffer;
      };
    };
  };
  readonly _sock: Socket;
};

/**
 * A packet's payload: numbers are bytes, texts and lists of bytes are preceded by their length, `uint32` is a four-byte
 * number.
 */
export function payload(...parts: readonly (number | string | Buffer | { readonly uint32: number })[]): Buffer {
  const uint32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'number') return Buffer.from([part]);
      if (typeof part === 'object' && 'uint32' in part) return uint32(part.uint32);
      const bytes = Buffer.from(part as string);
      return Buffer.concat([uint32(bytes.length), bytes]);
    }),
  );
}

/** Counts the packets that ssh2 clients in this process look at, by type. */
export function countHandled(): { readonly counts: Map<number, number>; readonly stop: () => void } {
  const handlers = createRequire(import.meta.url)('ssh2/lib/protocol/handlers.js') as Record<
    number,
    (protocol: { readonly _server: boolean }, bytes: Buffer) => unknown
  >;
  const counts = new Map<number, number>();
  const originals = Object.entries(handlers).map(([type, handle]) => [Number(type), handle] as const);
  for (const [type, handle] of originals) {
    handlers[type] = (protocol, bytes) => {
      if (!protocol._server) counts.set(type, (counts.get(type) ?? 0) + 1);
      return handle(protocol, bytes);
    };
  }
  return {
    counts,
    stop: () => {
      for (const [type, handle] of originals) handlers[type] = handle;
    },
  };
}

export async function startFloodingServer({ at, payload: made }: Flood) {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  let isOver = false;
  let logins = 0;
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    connections.add(client);
    logins += 1;
    client.on('error', () => {}).on('close', () => connections.delete(client));
    client.on('rekey', () => made === 'rekey' && void setImmediate(() => connections.has(client) && client.rekey()));
    client.on('authentication', (login) => {
      if (at === 'login' && login.method !== 'none') return flood(client);
      if (login.method === 'none') return login.reject(['password', 'keyboard-interactive']);
      login.accept();
      if (at === 'ready') setImmediate(() => flood(client));
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('exec', (run) => {
        run();
        if (at === 'channel') setImmediate(() => flood(client));
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    /** How many connections it received. */
    logins: () => logins,
    close: () => {
      isOver = true;
      for (const client of connections) client.end();
      server.close();
    },
  };

  function flood(client: Connection): void {
    if (made === 'rekey') {
      client.rekey();
      return;
    }
    const { _protocol: protocol, _sock: socket } = client as unknown as Internals;
    let index = 0;
    const some = (): void => {
      for (let left = 200; left > 0 && !isOver && connections.has(client) && socket.writable; left -= 1) {
        const bytes = made(index);
        index += 1;
        const { write } = protocol._packetRW;
        const start = write.allocStart;
        const packet = write.alloc(bytes.length);
        packet.set(bytes, start);
        protocol._cipher.encrypt(write.finalize(packet));
      }
      if (isOver || !connections.has(client) || !socket.writable) return;
      if (socket.writableNeedDrain) void once(socket, 'drain').then(some, () => {});
      else setImmediate(some);
    };
    some();
  }
}
