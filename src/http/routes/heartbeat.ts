import Type from 'typebox';
import type { HeartbeatView } from '../../deliveries/heartbeat.ts';
import type { HeartbeatBody } from '../../deliveries/heartbeat-body.ts';
import { iso } from '../../lib/scale.ts';
import { heartbeatStates } from '../../model/alerts/heartbeat.ts';
import type { HttpContext } from '../context.ts';
import { about, type Server } from '../route.ts';
import { fields, message, nullable, text, time } from '../schemas/common.ts';

const heartbeat = Type.Object({
  url: nullable(Type.String({ description: 'Only its origin is shown; sent back as it is shown, it stays' })),
  intervalSeconds: nullable(Type.Integer()),
  tellsFailure: nullable(Type.Boolean()),
  state: Type.Enum([...heartbeatStates]),
  calledAt: nullable(time),
  answer: nullable(Type.String({ description: 'What the service said last' })),
});

/** The dead man's switch: an address that Sonde calls while it works. For admins. */
export function heartbeatRoutes(server: Server, { deliveries, audited }: HttpContext): void {
  const { heartbeat: switched } = deliveries;
  server.get(
    '/heartbeat',
    about('admin-read', 'alerts', 'What is called while Sonde works, and what the service said last', {
      response: { 200: heartbeat },
    }),
    async () => answerOf(switched.view()),
  );
  server.put(
    '/heartbeat',
    about('admin-manage', 'alerts', 'Sets what is called while Sonde works, so that another service notices its end', {
      body: fields({
        url: 'An address such as https://hc-ping.com/UUID',
        intervalSeconds: '30 to 86400; 60',
        tellsFailure: 'Whether the address with /fail is called when Sonde runs but cannot save anything; true',
      }),
      response: { 200: heartbeat },
    }),
    async (request) => {
      const before = shown(switched.view());
      // Safe: `set` checks every field.
      await switched.set(request.body as HeartbeatBody);
      await audited(request, 'heartbeat-changed', { details: { before, after: shown(switched.view()) } });
      return answerOf(switched.view());
    },
  );
  server.delete(
    '/heartbeat',
    about('admin-manage', 'alerts', 'Calls nothing any more', { response: { 200: message } }),
    async (request) => {
      const before = shown(switched.view());
      await switched.remove();
      await audited(request, 'heartbeat-changed', { details: { before, after: shown(switched.view()) } });
      return { message: 'Nothing is called any more' };
    },
  );
  server.post(
    '/heartbeat/test',
    about('admin-manage', 'alerts', 'Calls the address now; answers what the service said', {
      response: { 200: Type.Object({ success: Type.Boolean(), answer: text }) },
    }),
    async (request) => {
      const tested = await switched.test();
      await audited(request, 'heartbeat-tested', { details: { success: tested.success } });
      return tested;
    },
  );
}

function answerOf({ calledAt, ...view }: HeartbeatView) {
  return { ...view, calledAt: calledAt === null ? null : iso(calledAt) };
}

function shown({ url, intervalSeconds, tellsFailure }: HeartbeatView) {
  return { url, intervalSeconds, tellsFailure };
}
