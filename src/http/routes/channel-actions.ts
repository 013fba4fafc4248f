import type { FastifyRequest } from 'fastify';
import type { ChannelBody } from '../../deliveries/channel-body.ts';
import { hostId, userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';

type Asked = FastifyRequest & { readonly params: { readonly id: string } };

/** What is done with the channel in a request's path, with its entry in the audit log: Sonde's routes and Termix's are alike. */
export function channelActions({ deliveries: { channels }, audited }: HttpContext) {
  const idIn = (request: Asked): number => hostId(request.params.id, 'Invalid channel ID');
  return {
    /** `fields`: the names of those that were sent. */
    async change(request: Asked, body: ChannelBody, fields: readonly string[]) {
      const changed = await channels.update(userOf(request).id, idIn(request), body);
      await audited(request, 'channel-changed', { target: changed.name, details: { fields } });
      return changed;
    },
    async remove(request: Asked) {
      const target = await channels.remove(userOf(request).id, idIn(request));
      await audited(request, 'channel-removed', { target });
      return { message: 'Channel deleted' };
    },
    /** `answer`: what the service said, or why it was not asked. */
    async test(request: Asked) {
      const { name, verdict } = await channels.test(userOf(request).id, idIn(request));
      const success = verdict.result === 'sent';
      await audited(request, 'channel-tested', { target: name, details: { success } });
      return { success, answer: verdict.answer };
    },
  };
}
