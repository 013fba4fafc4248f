/**
 * A wire to a server that delays its data, as a distant network does: in each direction, in order, without limiting the
 * rate.
 */
import { connect, createServer, type Socket } from 'node:net';
import { freePort, ownAddress, type Server } from './rig.ts';

export type SlowWire = { readonly host: string; readonly port: number; readonly close: () => void };

/** Listens on an address of this test file; data arrives `delayMs` later. */
export async function openSlowWire(to: Pick<Server, 'host' | 'port'>, delayMs: number): Promise<SlowWire> {
  const [host, port] = [ownAddress(), await freePort()];
  const ends = new Set<Socket>();
  const carry = (from: Socket, into: Socket): void => {
    ends.add(from);
    from.on('error', () => {});
    from.on('data', (chunk) => void setTimeout(() => into.write(chunk), delayMs));
    from.on('close', () => {
      ends.delete(from);
      setTimeout(() => into.destroy(), delayMs);
    });
  };
  const server = createServer((near) => {
    const far = connect({ host: to.host, port: to.port, noDelay: true });
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((done) => server.listen(port, host, done));
  return {
    host,
    port,
    close: () => {
      server.close();
      for (const end of ends) end.destroy();
    },
  };
}
