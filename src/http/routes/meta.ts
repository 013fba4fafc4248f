import Type from 'typebox';
import { storageReasons } from '../../model/storage.ts';
import type { HttpContext } from '../context.ts';
import { about, type Server } from '../route.ts';
import { text } from '../schemas/common.ts';

const health = Type.Object({
  status: Type.Literal('ok'),
  storage: Type.Optional(
    Type.Object(
      { reason: Type.Enum([...storageReasons]), message: text },
      {
        description: 'Only while nothing can be saved: the reason. Reading and monitoring continue',
      },
    ),
  ),
  history: Type.Optional(
    Type.Object(
      { reason: text, message: text },
      { description: 'Only while history is not kept as it should be: why. Monitoring goes on' },
    ),
  ),
  lacks: Type.Optional(
    Type.Array(Type.Object({ reason: text, message: text }), {
      description: 'Only while Sonde or its machine lacks something; statuses may be out of date',
    }),
  ),
  alerts: Type.Optional(
    Type.Object(
      { reason: Type.Enum(['no-channel', 'not-stored']), message: text },
      { description: 'Only while nobody is told of incidents: why' },
    ),
  ),
});
const version = Type.Object({ localVersion: text, version: text, status: Type.Literal('up_to_date') });

/** The service itself: health, version, and the description of the API. */
export function metaRoutes(server: Server, context: HttpContext): void {
  const { config, storage, lacks, history } = context;
  server.get(
    '/health',
    about('public', 'service', 'Whether the service is running', { response: { 200: health } }),
    async () => {
      const trouble = storage();
      const { trouble: ofHistory } = history.state;
      const lacked = lacks().map(({ reason, message }) => ({ reason, message }));
      return {
        status: 'ok',
        ...(trouble === null ? {} : { storage: { reason: trouble.reason, message: trouble.message } }),
        ...(ofHistory === null ? {} : { history: ofHistory }),
        ...(lacked.length === 0 ? {} : { lacks: lacked }),
        ...untold(context),
      };
    },
  );
  server.get(
    '/version',
    about('public', 'service', 'The running version', { response: { 200: version } }),
    async () => ({
      localVersion: config.version,
      version: config.version,
      status: 'up_to_date',
    }),
  );
  server.get(
    '/openapi.json',
    about('public', 'service', 'This description', { response: { 200: Type.Object({ openapi: text }) } }),
    async (_request, reply) =>
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer((payload) => JSON.stringify(payload))
        .send(server.swagger()),
  );
}

/** Why nobody is told of incidents now; empty if somebody is. */
function untold({ alerts, deliveries, storage }: HttpContext) {
  if (!deliveries.outbox.hasChannel)
    return {
      alerts: {
        reason: 'no-channel' as const,
        message: 'Nobody is told of incidents: no channel is set up',
      },
    };
  if (storage() === null || alerts.waiting === 0) return {};
  const message = 'Incidents wait in memory: they are told when the database can be written';
  return { alerts: { reason: 'not-stored' as const, message } };
}
