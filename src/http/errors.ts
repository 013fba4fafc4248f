import type { FastifyError, FastifyInstance } from 'fastify';
import { SessionEnded } from '../identity/sessions.ts';
import { RequestError } from '../lib/errors.ts';
import { StorageError } from '../model/storage.ts';
import { readIndexFile } from './page/index-file.ts';
import { isMissingPage, sendMissingPage } from './page/missing.ts';

/** The one place that turns errors into answers: JSON with `error`, never a stack. A browser that opens an unknown address gets the page. */
export function answerErrors(server: FastifyInstance): void {
  const indexHtml = readIndexFile();
  server.setErrorHandler((error: FastifyError | RequestError | StorageError, request, reply) => {
    if (indexHtml !== null && !(error instanceof StorageError) && error.statusCode === 404 && isMissingPage(request))
      return sendMissingPage(reply, indexHtml);
    if (error instanceof RequestError) {
      if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
      if (error instanceof SessionEnded) reply.header('x-session-ended', error.reason);
      return reply.code(error.statusCode).send({ error: error.message, ...(error.code ? { code: error.code } : {}) });
    }
    if (error instanceof StorageError) {
      reply.header('retry-after', error.reason === 'busy' ? '1' : '10');
      const code = `STORAGE_${error.reason.toUpperCase().replace('-', '_')}`;
      return reply.code(503).send({ error: error.message, code });
    }
    const validation = (error as FastifyError).validation?.[0];
    if (validation) {
      const field = validation.instancePath.replace(/^\//, '').replaceAll('/', '.');
      return reply.code(400).send({ error: `${field || 'The body'} ${validation.message ?? 'is not valid'}` });
    }
    const statusCode = error.statusCode ?? 500;
    if (statusCode < 500) return reply.code(statusCode).send({ error: sentence(error) });
    request.log.error({ err: error }, 'A request failed with an internal error');
    return reply.code(500).send({ error: 'Internal server error' });
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found' }));
}

function sentence(error: FastifyError | RequestError): string {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'The body is too large';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'The body must be JSON';
    default:
      return error.message;
  }
}
