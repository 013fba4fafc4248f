import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { iso } from '../../lib/scale.ts';
import type { DestinationBody, DestinationView } from '../../push/destinations.ts';
import { hostId, userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { about, idParams, type Server } from '../route.ts';
import { fields, message } from '../schemas/common.ts';
import { destination } from '../schemas/destinations.ts';
import { selectorOf } from './alerts/asked.ts';

const body = fields({
  kind: 'remote-write, which is also the default, or otlp: OTLP over HTTP in protobuf. It cannot be changed',
  name: 'What people call it',
  enabled: 'true by default',
  hosts: 'Which hosts, as in rules; {"all": true} by default. They are sampled also while nobody looks at them',
  config:
    '{url, username, password, token, headers, job, labels}; url is the whole address. A secret that is sent back as •••• stays as it is',
});
const tested = Type.Object({
  success: Type.Boolean(),
  answer: Type.String({ description: 'What the receiver said, or why it was not reached' }),
});

type Asked = FastifyRequest & { readonly params: { readonly id: string } };

/** Where series are sent. For admins; each sees the destinations that they made, which get the hosts that they may see. */
export function destinationRoutes(server: Server, { destinations, audited }: HttpContext): void {
  const idIn = (request: Asked): number => hostId(request.params.id, 'Invalid destination ID');
  server.get(
    '/destinations',
    about('admin-read', 'prometheus', "The caller's destinations of remote write and OTLP, and how each of them goes", {
      response: { 200: Type.Array(destination) },
    }),
    async (request) => (await destinations.list(userOf(request).id)).map(shown) as never,
  );
  server.post(
    '/destinations',
    about('admin-manage', 'prometheus', 'Adds a destination: series are sent from now on', {
      body,
      response: { 201: destination },
    }),
    async (request, reply) => {
      const made = await destinations.create(userOf(request).id, request.body, hostsIn(request.body));
      await audited(request, 'destination-added', { target: made.name });
      return reply.code(201).send(shown(made) as never);
    },
  );
  server.put(
    '/destinations/:id',
    about('admin-manage', 'prometheus', 'Changes a destination', {
      params: idParams,
      body,
      response: { 200: destination },
    }),
    async (request) => {
      const sent = Object.keys(request.body).filter((name) => name in body.properties);
      const changed = await destinations.update(userOf(request).id, idIn(request), request.body, hostsIn(request.body));
      await audited(request, 'destination-changed', { target: changed.name, details: { fields: sent } });
      return shown(changed) as never;
    },
  );
  server.delete(
    '/destinations/:id',
    about('admin-manage', 'prometheus', 'Removes a destination, which is told that its series have ended', {
      params: idParams,
      response: { 200: message },
    }),
    async (request) => {
      const target = await destinations.remove(userOf(request).id, idIn(request));
      await audited(request, 'destination-removed', { target });
      return { message: 'Destination deleted' };
    },
  );
  server.post(
    '/destinations/:id/test',
    about('admin-manage', 'prometheus', 'Sends one sample now, and answers what the receiver said', {
      params: idParams,
      response: { 200: tested },
    }),
    async (request) => {
      const { name, verdict } = await destinations.test(userOf(request).id, idIn(request));
      const success = verdict.result === 'sent';
      await audited(request, 'destination-tested', { target: name, details: { success } });
      return { success, answer: verdict.answer };
    },
  );
}

/** Throws 400. */
function hostsIn({ hosts }: DestinationBody) {
  return hosts === undefined ? undefined : selectorOf(hosts);
}

function shown({ hosts, selector, sentAt, ...view }: DestinationView) {
  return { ...view, hosts: selector, hostCount: hosts, sentAt: sentAt === null ? null : iso(sentAt) };
}
