import Type from 'typebox';
import type { ChannelBody } from '../../deliveries/channel-body.ts';
import type { ChannelView } from '../../deliveries/channels.ts';
import { parsed } from '../../lib/stored.ts';
import { userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { about, idParams, type Server } from '../route.ts';
import { fields, message, text, time } from '../schemas/common.ts';
import { channelActions } from './channel-actions.ts';

const row = Type.Object({
  id: Type.Integer(),
  user_id: text,
  name: text,
  type: text,
  config: Type.String({ description: 'JSON; secrets are ••••' }),
  enabled: Type.Integer({ minimum: 0, maximum: 1 }),
  created_at: time,
});
const body = fields({
  name: 'Required',
  type: 'webhook, ntfy, discord or another kind of channel',
  config: 'An object, or its JSON as a text',
  enabled: 'true, false, 1 or 0',
});

/** The same channels, as clients of Termix ask for them. */
export function termixChannelRoutes(server: Server, context: HttpContext): void {
  const { audited } = context;
  const { channels } = context.deliveries;
  const actions = channelActions(context);
  const path = '/notification-channels';
  server.get(
    path,
    about('manage-all', 'channels', "The user's channels, as Termix answers them", {
      response: { 200: Type.Array(row) },
    }),
    async (request) => {
      const { id } = userOf(request);
      return (await channels.list(id)).map((one) => rowOf(id, one));
    },
  );
  server.post(
    path,
    about('manage-all', 'channels', 'Adds a channel', { body, response: { 201: row } }),
    async (request, reply) => {
      const { id } = userOf(request);
      const made = await channels.create(id, bodyOf(request.body));
      await audited(request, 'channel-added', { target: made.name, details: { kind: made.kind } });
      return reply.code(201).send(rowOf(id, made));
    },
  );
  server.put(
    `${path}/:id`,
    about('manage-all', 'channels', 'Changes a channel', { params: idParams, body, response: { 200: row } }),
    async (request) => {
      const sent = Object.keys(request.body).filter((name) => name in body.properties);
      return rowOf(userOf(request).id, await actions.change(request, bodyOf(request.body), sent));
    },
  );
  server.delete(
    `${path}/:id`,
    about('manage-all', 'channels', 'Removes a channel', { params: idParams, response: { 200: message } }),
    (request) => actions.remove(request),
  );
  server.post(
    `${path}/:id/test`,
    about('manage-all', 'channels', 'Sends a test message now and answers what happened', {
      params: idParams,
      response: { 200: Type.Object({ success: Type.Boolean(), error: Type.Optional(text) }) },
    }),
    async (request) => {
      const { success, answer } = await actions.test(request);
      return success ? { success } : { success, error: answer };
    },
  );
}

/** Termix stores the configuration as text; its clients send either. */
function bodyOf({ name, type, config, enabled }: Readonly<Record<string, unknown>>): ChannelBody {
  return { name, kind: type, config: typeof config === 'string' ? parsed(config) : config, enabled };
}

function rowOf(userId: string, { id, name, kind, config, enabled, createdAt }: ChannelView) {
  return {
    id,
    user_id: userId,
    name,
    type: kind,
    config: JSON.stringify(config ?? {}),
    enabled: Number(enabled),
    created_at: createdAt,
  };
}
