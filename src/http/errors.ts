import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
import { SessionEnded } from '../identity/sessions.ts';
import { RequestError } from '../lib/errors.ts';
import { StorageError } from '../model/storage.ts';
import { readIndexFile } from './page/index-file.ts';
import { isMissingPage, sendMissingPage } from './page/missing.ts';

type Failed = FastifyError | RequestError | StorageError;
/** What an error is answered with: a sentence, and a code if clients need one. */
type ErrorAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string; readonly code?: string };
};

/**
 * The one place that turns errors into answers: JSON with `error`, never a stack. A browser that opens an unknown address gets the
 * page. `always` are the headers of answers of the API, which errors about files of the page are, too.
 */
export function answerErrors(
  server: FastifyInstance,
  basePath: string,
  always: Readonly<Record<string, string>>,
): void {
  const indexHtml = readIndexFile(basePath);
  server.setErrorHandler((error: Failed, request, reply) => {
    if (indexHtml !== null && !(error instanceof StorageError) && error.statusCode === 404 && isMissingPage(request))
      return sendMissingPage(reply, indexHtml);
    const { status, headers, body } = answerTo(error, request);
    return reply
      .code(status)
      .headers({ ...always, ...headers })
      .send(body);
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).headers(always).send({ error: 'Not found' }));
}

/** The error handler of routes whose callers show what they are sent to people, or to nobody: the sentence alone, as text. */
export function sendErrorAsText(error: Failed, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, headers, body } = answerTo(error, request);
  return reply.code(status).headers(headers).type('text/plain; charset=utf-8').send(`${body.error}\n`);
}

function answerTo(error: Failed, request: FastifyRequest): ErrorAnswer {
  if (error instanceof RequestError) {
    const headers = {
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
      ...(error instanceof SessionEnded ? { 'x-session-ended': error.reason } : {}),
    };
    const body = { error: error.message, ...(error.code ? { code: error.code } : {}) };
    return { status: error.statusCode, headers, body };
  }
  if (error instanceof StorageError) {
    const code = `STORAGE_${error.reason.toUpperCase().replace('-', '_')}`;
    const headers = { 'retry-after': error.reason === 'busy' ? '1' : '10' };
    return { status: 503, headers, body: { error: error.message, code } };
  }
  const validation = error.validation?.[0];
  if (validation) {
    const field = validation.instancePath.replace(/^\//, '').replaceAll('/', '.');
    return plain(400, invalid(field, validation, error.validationContext === 'querystring' ? request.query : null));
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return plain(status, sentence(error));
  request.log.error({ err: error }, 'A request failed with an internal error');
  return plain(500, 'Internal server error');
}

/** What is wrong with a field of the body, or with a parameter of the address, if `query` is given. */
function invalid(
  field: string,
  { message = 'is not valid', schemaPath }: FastifySchemaValidationError,
  query: unknown,
): string {
  if (query === null) return `${field || 'The body'} ${message}`;
  if (schemaPath.endsWith('/additionalProperties')) return `There is no parameter ${JSON.stringify(field)} here`;
  if (Array.isArray((query as Readonly<Record<string, unknown>>)[field])) return `${field} can be given only once`;
  return `${field || 'The query'} ${message}`;
}

function plain(status: number, error: string): ErrorAnswer {
  return { status, headers: {}, body: { error } };
}

function sentence(error: FastifyError): string {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'The body is too large';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'The body must be JSON';
    default:
      return error.message;
  }
}
