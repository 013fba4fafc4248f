import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { withoutBasePath } from '../lib/net/base-path.ts';
import { requirePlainData } from '../lib/plain-data.ts';
import { createAuditor } from './auditor.ts';
import { requireAccess } from './auth.ts';
import type { HttpContext } from './context.ts';
import { answerErrors } from './errors.ts';
import { bodyLimits, readBodies } from './guard/bodies.ts';
import { permitOrigins } from './guard/cors.ts';
import { headersOf, pageHeaders } from './guard/headers.ts';
import { requireKnownHost } from './guard/host-names.ts';
import { Leases } from './guard/leases.ts';
import { validatorOf } from './guard/validation.ts';
import { frameworkLog } from './logs/framework-log.ts';
import { openApiOf } from './openapi.ts';
import { withoutAlias } from './paths/aliases.ts';
import { serveBelow } from './paths/base-path.ts';
import { routes } from './routes/index.ts';
import { createSnapshotTexts } from './snapshot-texts.ts';

const requestMs = 30_000;

/** The server with all routes, not listening yet. */
export async function createServer({
  logger,
  ...given
}: Omit<HttpContext, 'texts' | 'audited' | 'leases'> & { readonly logger: Logger }) {
  const context: HttpContext = {
    ...given,
    texts: createSnapshotTexts(given.hosts),
    audited: createAuditor(given.audit),
    leases: new Leases(given.identity, (error) => logger.error({ err: error }, 'A session could not be checked')),
  };
  const { config } = context;
  const headers = headersOf(config.tls !== undefined);
  const server = Fastify({
    loggerInstance: frameworkLog(logger),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimits.bytes,
    requestTimeout: requestMs,
    forceCloseConnections: true,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      reply
        .headers(headers)
        .code(error.statusCode ?? 400)
        .send({ error: 'The path cannot be read: encode it as a URL' }),
    rewriteUrl: ({ url = '/' }) => withoutAlias(withoutBasePath(url, config.basePath)),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    ...(config.tls ? { https: config.tls } : {}),
  } as object)
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(validatorOf)
    // Answer schemas only describe answers; they neither filter nor convert.
    .setSerializerCompiler(() => (data) => JSON.stringify(data));

  readBodies(server as never);
  await server.register(cookie);
  await server.register(helmet, pageHeaders(config.tls !== undefined, config.frameAncestors));
  await server.register(swagger, { openapi: openApiOf(config.version, config.basePath) });
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.routeOptions.config.isPage) reply.headers(headers);
    done();
  });
  // Runs before any route sees the body: no handler needs to expect a deep body, or a text that cannot be saved.
  server.addHook('preValidation', async (request) => requirePlainData(request.body));
  serveBelow(server as never, config.basePath);
  const { addPreflights } = permitOrigins(server as never, config.corsOrigins);
  answerErrors(server as never, config.basePath, headers);
  requireKnownHost(server as never, config.hostNames);
  requireAccess(server as never, context.identity, context.audited);

  for (const add of routes) await server.register(async (scope) => add(scope as never, context));
  addPreflights();
  await server.ready();
  return server;
}
