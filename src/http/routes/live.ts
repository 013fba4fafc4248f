import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { badRequest, RequestError } from '../../lib/errors.ts';
import { findHost, hostId, tokenOf, userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { eventText, openEventStream } from '../live/event-stream.ts';
import { createHub } from '../live/hub.ts';
import { about, idParams, type Server } from '../route.ts';
import { number, text } from '../schemas/common.ts';

const pingMs = 15_000;
const maxDetailed = 100;
const maxWatched = 200;
const lookedAtSeconds = 5;

const list = (description: string) => Type.Optional(Type.String({ description }));
const query = Type.Object({
  hosts: list('Hosts in view, ids by commas, at most 100: their snapshots and samples are sent, every 5 s'),
  watch: list('Hosts of which headlines are looked at, ids by commas, at most 200: sampled as their policy says'),
  every: list('Seconds between the samples of hosts in view, 2 to 3600; 5'),
  since: list('As Last-Event-ID, for clients that cannot send it'),
});
const recentSamples = Type.Object({
  id: Type.Integer(),
  times: Type.Array(number, { description: 'ms since the epoch, ascending' }),
  series: Type.Array(
    Type.Object({
      metric: text,
      labels: Type.Record(text, text),
      unit: text,
      values: Type.Array(Type.Union([number, Type.Null()])),
    }),
  ),
});
const events = Type.String({
  description: [
    'Server-sent events. `hello` first: {version, now, resumed, ids}. `hosts`, `statuses`, `vitals`: lists of the latest state of',
    'hosts; `gone`: ids. Of hosts in view `snapshot` {id, snapshot, footprint}, `recent` {id, times, series} and with every sample `point`',
    '{id, after, time, series}. `ping` every 15 s or oftener; its id is what Last-Event-ID takes up from.',
  ].join(' '),
});

/** Everything as it changes, in one stream. */
export function liveRoutes(server: Server, context: HttpContext): void {
  const { hosts, control, identity, recent } = context;
  const hub = createHub({
    ...context,
    version: context.config.version,
    onError: (error) => server.log.error({ err: error }, 'A live stream failed for a reason of ours'),
  });
  server.addHook('preClose', async () => hub.close());

  server.get(
    '/live',
    about('read', 'live', 'Statuses, headlines and snapshots as they change, as server-sent events', {
      querystring: query,
      response: { 200: events },
    }),
    async (request, reply) => {
      const user = userOf(request);
      const token = tokenOf(request)?.value ?? '';
      const detailed = idsOf(request.query.hosts, 'hosts', maxDetailed);
      const watched = idsOf(request.query.watch, 'watch', maxWatched);
      const every = intervalOf(request.query.every);
      if (request.method === 'HEAD') return reply.type('text/event-stream').send('');
      if (!hub.mayOpen(user.id)) throw new RequestError(503, 'There are too many live streams', undefined, 10);

      const mine = new Set(await hosts.visibleIds(user));
      const viewers: { readonly id: string; readonly hostId: number }[] = [];
      const watch = async (id: number, seconds?: number): Promise<void> => {
        const target = mine.has(id) ? await hosts.inventory.target(id) : null;
        if (!target?.policy.metricsEnabled) return;
        const viewer = control.registerViewer(id, user.id, randomUUID(), seconds);
        if (viewer !== null) viewers.push({ id: viewer, hostId: id });
      };
      let pings: NodeJS.Timeout | undefined;
      let isOver = false;
      const over = (): void => {
        isOver = true;
        clearInterval(pings);
        for (const viewer of viewers.splice(0)) control.unregisterViewer(viewer.hostId, user.id, viewer.id);
      };
      try {
        for (const id of detailed) await watch(id, every);
        for (const id of watched) if (!detailed.has(id)) await watch(id);
      } catch (error) {
        over();
        throw error;
      }
      const sink = openEventStream(reply);
      const stream = await hub
        .open({ user, detailed, since: sinceOf(request), sink, onEnd: over })
        .catch((error: unknown) => {
          // The answer has begun: all that can be said is that it ends.
          server.log.error({ err: error }, 'A live stream failed for a reason of ours');
          over();
          sink.end();
          return null;
        });
      if (stream === null) return;
      sink.onClose(stream.end);
      if (isOver) return;
      pings = setInterval(() => {
        for (const viewer of viewers) control.heartbeat(viewer.id, user.id);
        // A session that was revoked sees nothing more.
        Promise.resolve(identity.authenticate(token))
          .then(() => stream.send(eventText('ping', '{}')))
          .catch(() => stream.end());
      }, pingMs);
    },
  );

  server.get(
    '/metrics/:id/recent',
    about('read', 'live', 'The samples of the last 15 minutes that are kept in memory', {
      params: idParams,
      response: { 200: recentSamples },
    }),
    async (request) => {
      const id = await findHost(request, hosts);
      if (id === null) throw new RequestError(404, 'Host not found');
      return { id, ...recent.get(id) };
    },
  );
}

function idsOf(value: string | undefined, name: string, most: number): ReadonlySet<number> {
  const parts = (value ?? '').split(',').filter((part) => part.trim() !== '');
  if (parts.length > most) throw badRequest(`${name} has at most ${most} ids`);
  return new Set(parts.map((part) => hostId(part.trim())));
}

function intervalOf(value: string | undefined): number {
  if (value === undefined || value === '') return lookedAtSeconds;
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < 2 || seconds > 3600)
    throw badRequest('every must be a whole number from 2 to 3600');
  return seconds;
}

function sinceOf(request: FastifyRequest): string {
  const header = request.headers['last-event-id'];
  const given = (request.query as { since?: string }).since;
  return typeof header === 'string' && header !== '' ? header : (given ?? '');
}
