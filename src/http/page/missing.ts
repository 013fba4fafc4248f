import type { FastifyReply, FastifyRequest } from 'fastify';

/** Whether a browser asks for an address that does not exist, to show it. Scripts and programs ask for JSON or for anything. */
export function isMissingPage(request: FastifyRequest): boolean {
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  return request.is404 && isReading && (request.headers.accept ?? '').includes('text/html');
}

/** Answers 404 with the page, which says so itself and leads back. */
export function sendMissingPage(reply: FastifyReply, html: string): FastifyReply {
  // That of answers of the API, which are no pages.
  reply.removeHeader('content-security-policy');
  reply.helmet();
  return reply.code(404).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);
}
