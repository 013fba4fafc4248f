import Type from 'typebox';
import type { ChannelBody } from '../../deliveries/channel-body.ts';
import { channelKinds, channelStates } from '../../model/alerts/channel.ts';
import { notifiers } from '../../notifiers/index.ts';
import { userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { about, idParams, type Server } from '../route.ts';
import { fields, message, nullable, text, time } from '../schemas/common.ts';
import { selectorOf } from './alerts/asked.ts';
import { channelActions } from './channel-actions.ts';

const channel = Type.Object({
  id: Type.Integer(),
  kind: Type.Enum([...channelKinds]),
  name: text,
  enabled: Type.Boolean(),
  filter: Type.Object({}, { description: 'What it is told: {atLeast, hosts}. Empty: everything' }),
  config: nullable(Type.Object({}, { description: 'By kind; secrets are ••••. Null: it cannot be opened' })),
  state: Type.Enum([...channelStates], { description: 'refused: not used until it is edited or a test succeeds' }),
  stateAt: time,
  error: nullable(Type.String({ description: 'What the service said last, if it was no success' })),
  createdAt: time,
});
const body = fields({
  kind: channelKinds.join(', '),
  name: 'What people call it',
  enabled: 'true by default',
  filter: '{atLeast: info, warning or critical, hosts: as in rules}; everything by default',
  config: 'By kind, see GET /channels/kinds. A secret that is sent back as •••• stays as it is',
});
const tested = Type.Object({
  success: Type.Boolean(),
  answer: Type.Optional(Type.String({ description: 'What the service said' })),
  error: Type.Optional(Type.String({ description: 'Why it did not arrive' })),
});
const links = Type.Object({
  baseUrl: nullable(Type.String({ description: 'SONDE_PUBLIC_URL. Null: it is not set, and messages have no links' })),
});
const kinds = Type.Array(Type.Object({ kind: text, title: text, config: Type.Object({}) }));

/** Where users are told what happens. */
export function channelRoutes(server: Server, context: HttpContext): void {
  const { audited } = context;
  const { channels } = context.deliveries;
  const actions = channelActions(context);
  server.get(
    '/channels/kinds',
    about('read', 'channels', 'The kinds of channels, each with the JSON Schema of its configuration', {
      response: { 200: kinds },
    }),
    async () => notifiers.map(({ kind, title, config }) => ({ kind, title, config })),
  );
  server.get(
    '/channels/links',
    about('read', 'channels', 'Where links in messages lead', { response: { 200: links } }),
    async () => ({ baseUrl: context.deliveries.baseUrl }),
  );
  server.get(
    '/channels',
    about('manage-all', 'channels', "The user's channels, without their secrets", {
      response: { 200: Type.Array(channel) },
    }),
    async (request) => [...(await channels.list(userOf(request).id))] as never,
  );
  server.post(
    '/channels',
    about('manage-all', 'channels', 'Adds a channel', { body, response: { 201: channel } }),
    async (request, reply) => {
      const made = await channels.create(userOf(request).id, withHosts(request.body));
      await audited(request, 'channel-added', { target: made.name, details: { kind: made.kind } });
      return reply.code(201).send(made as never);
    },
  );
  server.put(
    '/channels/:id',
    about('manage-all', 'channels', 'Changes a channel', { params: idParams, body, response: { 200: channel } }),
    async (request) => {
      const sent = Object.keys(request.body).filter((name) => name in body.properties);
      return (await actions.change(request, withHosts(request.body), sent)) as never;
    },
  );
  server.delete(
    '/channels/:id',
    about('manage-all', 'channels', 'Removes a channel', { params: idParams, response: { 200: message } }),
    (request) => actions.remove(request),
  );
  server.post(
    '/channels/:id/test',
    about('manage-all', 'channels', 'Sends a test message now and answers what the service said', {
      params: idParams,
      response: { 200: tested },
    }),
    async (request) => {
      const { success, answer } = await actions.test(request);
      return success ? { success, answer } : { success, error: answer };
    },
  );
}

/** The hosts of a filter are selected as those of a rule. Throws 400. */
function withHosts(sent: ChannelBody): ChannelBody {
  const { filter } = sent;
  if (typeof filter !== 'object' || filter === null || !('hosts' in filter)) return sent;
  return { ...sent, filter: { ...filter, hosts: selectorOf(filter.hosts) } };
}
