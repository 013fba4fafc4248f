import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds the connections of clients so that the next one still gets a file descriptor. Beyond `most`, the connection
 * that has been idle longest is ended; if all are busy, the new one.
 */
export function boundClients(server: Server, most: number, isTls: boolean): void {
  const open = new Set<Socket>();
  /** The first is the one that has been idle longest. */
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
  // Clients that do not even finish the TLS handshake are not among the open ones.
  server.maxConnections = most * 2;
}
