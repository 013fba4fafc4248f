import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds the connections of clients, so that there is a file descriptor for the next one: beyond `most` the one that has been
 * idle longest is ended; where all are busy, the new one.
 */
export function boundClients(server: Server, most: number, isTls: boolean): void {
  const open = new Set<Socket>();
  /** The first is the idlest. */
  const idle = new Set<Socket>();

  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
    if (open.size <= most) return;
    for (const one of idle) {
      one.destroy();
      break;
    }
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => {
      if (open.has(socket) && !socket.destroyed) idle.add(socket);
    });
  });
  // Clients that do not even greet, as TLS has it, are not among the open ones.
  server.maxConnections = most * 2;
}
