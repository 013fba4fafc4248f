import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { requirePlainData } from '../lib/plain-data.ts';
import { aliasPrefix, withoutAlias } from './aliases.ts';
import { createAuditor } from './auditor.ts';
import { requireAccess } from './auth.ts';
import type { HttpContext } from './context.ts';
import { answerErrors } from './errors.ts';
import { bodyLimits, readBodies } from './guard/bodies.ts';
import { requireKnownHost } from './guard/host-names.ts';
import { Leases } from './guard/leases.ts';
import { auditRoutes } from './routes/audit.ts';
import { fleetRoutes } from './routes/fleet.ts';
import { credentialRoutes } from './routes/hosts/credentials.ts';
import { hostKeyRoutes } from './routes/hosts/host-keys.ts';
import { hostRoutes } from './routes/hosts/hosts.ts';
import { importRoutes } from './routes/hosts/imports.ts';
import { knownHostsRoutes } from './routes/hosts/known-hosts.ts';
import { shareRoutes } from './routes/hosts/shares.ts';
import { metaRoutes } from './routes/meta.ts';
import { pageRoutes } from './routes/page.ts';
import { sectionRoutes } from './routes/sections.ts';
import { settingsRoutes } from './routes/settings.ts';
import { adminUserRoutes } from './routes/users/admin.ts';
import { keyRoutes } from './routes/users/api-keys.ts';
import { createUserRoutes } from './routes/users/create.ts';
import { loginRoutes } from './routes/users/login.ts';
import { ownAccountRoutes } from './routes/users/own.ts';
import { userRoutes } from './routes/users/users.ts';
import { connectionTestRoutes } from './routes/watching/connection-tests.ts';
import { connectionRoutes } from './routes/watching/connections.ts';
import { footprintRoutes } from './routes/watching/footprint.ts';
import { holdRoutes } from './routes/watching/holds.ts';
import { liveRoutes } from './routes/watching/live.ts';
import { metricsRoutes } from './routes/watching/metrics.ts';
import { startingRoutes } from './routes/watching/starting.ts';
import { statusRoutes } from './routes/watching/status.ts';
import { viewerRoutes } from './routes/watching/viewers.ts';
import { createSnapshotTexts } from './snapshot-texts.ts';

const requestMs = 30_000;

/** The server with all routes, not listening yet. */
export async function createServer({
  logger,
  ...given
}: Omit<HttpContext, 'texts' | 'audited' | 'leases'> & { readonly logger: FastifyBaseLogger }) {
  const context: HttpContext = {
    ...given,
    texts: createSnapshotTexts(given.hosts),
    audited: createAuditor(given.audit),
    leases: new Leases(given.identity, (error) => logger.error({ err: error }, 'A session could not be checked')),
  };
  const { config } = context;
  // helmet makes its dozen headers anew each time: pages get them all, answers of the API what tells browsers to keep off, and
  // everybody on the way to keep none.
  const headers = {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(config.tls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
  const server = Fastify({
    // At info the framework would say where it listens; the start says so in words of its own.
    loggerInstance: logger.level === 'info' ? logger.child({}, { level: 'warn' }) : logger,
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
    rewriteUrl: ({ url = '/' }) => withoutAlias(url),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    ...(config.tls ? { https: config.tls } : {}),
  } as object)
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler)
    // Schemas of answers describe them; they neither filter nor convert.
    .setSerializerCompiler(() => (data) => JSON.stringify(data));

  readBodies(server as never);
  await server.register(cookie);
  await server.register(helmet, {
    global: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'connect-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: config.tls !== undefined,
  });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sonde',
        version: config.version,
        description:
          'Server stats over SSH, with nothing to install on the servers. ' +
          `Every path of status, metrics, connections and global settings also answers below ${aliasPrefix}.`,
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A session JWT or an API key.' },
          cookie: { type: 'apiKey', in: 'cookie', name: 'jwt' },
        },
      },
      security: [{ bearer: [] }, { cookie: [] }],
    },
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.routeOptions.config.isPage) reply.headers(headers);
    done();
  });
  // Before any route looks at it: no handler needs to fear a deep body, or a text that cannot be saved.
  server.addHook('preValidation', async (request) => requirePlainData(request.body));
  answerErrors(server as never);
  requireKnownHost(server as never, config.hostNames);
  requireAccess(server as never, context.identity, context.audited);

  const routes = [
    metaRoutes,
    userRoutes,
    createUserRoutes,
    loginRoutes,
    ownAccountRoutes,
    adminUserRoutes,
    keyRoutes,
    hostRoutes,
    fleetRoutes,
    importRoutes,
    credentialRoutes,
    connectionTestRoutes,
    hostKeyRoutes,
    knownHostsRoutes,
    statusRoutes,
    metricsRoutes,
    sectionRoutes,
    footprintRoutes,
    holdRoutes,
    liveRoutes,
    startingRoutes,
    viewerRoutes,
    connectionRoutes,
    settingsRoutes,
    shareRoutes,
    auditRoutes,
    pageRoutes,
  ];
  for (const add of routes) await server.register(async (scope) => add(scope as never, context));
  await server.ready();
  return server;
}
