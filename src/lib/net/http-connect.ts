import type { Socket } from 'node:net';

/** A proxy's answer: a connection, or its status and message. */
export type HttpAnswer = { readonly status: number; readonly words: string };

const maxHeadBytes = 16_384;

/**
 * Asks an HTTP proxy for a connection (CONNECT) over a socket to it. Resolves with the proxy's status; at 2xx the
 * socket is paused and holds whatever followed the head. Rejects if the socket ends first. Source: RFC 9110 §9.3.6.
 */
export function requestConnect(
  socket: Socket,
  login: { readonly username: string; readonly password?: string | null | undefined },
  to: { readonly host: string; readonly port: number },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const ended = (error?: Error | boolean): void => {
      settle();
      reject(error instanceof Error ? error : new Error('the proxy closed the connection'));
    };
    function settle(): void {
      socket.off('data', read).off('error', ended).off('close', ended);
    }
    function read(chunk: Buffer): void {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= maxHeadBytes) return;
      settle();
      socket.pause();
      const [, status = '0', words = ''] = /^HTTP\/1\.[01] (\d{3}) ?([^\r\n]*)/.exec(head.toString('latin1')) ?? [];
      if (end >= 0 && end + 4 < head.length) socket.unshift(head.subarray(end + 4));
      resolve({ status: Number(status), words: words.replace(/[^\x20-\x7e]/g, '').slice(0, 100) });
    }
    socket.on('data', read).once('error', ended).once('close', ended);
    const authority = `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`;
    const encoded = Buffer.from(`${login.username}:${login.password ?? ''}`).toString('base64');
    const authorization = login.username === '' ? '' : `Proxy-Authorization: Basic ${encoded}\r\n`;
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
    socket.resume();
  });
}
