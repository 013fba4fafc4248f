import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { User } from '../../../identity/principal.ts';
import { badRequest, RequestError } from '../../../lib/errors.ts';
import { findHost, hostId, tokenOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { openEventStream } from '../../live/event-stream.ts';
import { Hub } from '../../live/hub.ts';
import { about, idParams, type Server } from '../../route.ts';
import { number, text } from '../../schemas/common.ts';

const pingMs = 15_000;
const maxDetailed = 100;
const maxWatched = 200;
const lookedAtSeconds = 5;

const list = (description: string) => Type.Optional(Type.String({ description }));
const query = Type.Object({
  hosts: list('Hosts in view, at most 100 ids separated by commas: their snapshots and samples are sent, every 5 s'),
  watch: list(
    'Hosts whose headline numbers are in view, at most 200 ids separated by commas: sampled as their policy says',
  ),
  every: list('Seconds between the samples of hosts in view, 2 to 3600; 5 by default'),
  since: list('Like Last-Event-ID, for clients that cannot send that header'),
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
    'Server-sent events. `hello` first: {version, now, resumed, ids}. `hosts`, `statuses`, `vitals`: lists with the latest state of',
    'hosts; `gone`: ids. For hosts in view `snapshot` {id, snapshot, footprint}, `recent` {id, times, series} and with every sample `point`',
    '{id, after, time, series}. `incidents` {revision, open, muted, worst, hosts} counts what is open: at connect and when it changed. `ping` at least every 15 s; send its id as Last-Event-ID to continue from there.',
  ].join(' '),
});

/** Everything that changes, in one stream. */
export function liveRoutes(server: Server, context: HttpContext): void {
  const { hosts, leases, recent } = context;
  const hub = new Hub({
    ...context,
    version: context.config.version,
    onError: (error) => server.log.error({ err: error }, 'A live stream failed with an internal error'),
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
      const leave = hub.reserve(user.id);
      if (leave === null) throw new RequestError(503, 'Too many live streams', undefined, 10);
      const watching = createWatching(context, user);
      try {
        await watching.start(detailed, watched, every);
        const sink = openEventStream(reply);
        let pings: NodeJS.Timeout | undefined;
        let lease: ReturnType<typeof leases.hold> | undefined;
        let isOver = false;
        const over = (): void => {
          isOver = true;
          clearInterval(pings);
          lease?.release();
          watching.stop();
          leave();
        };
        const stream = await hub
          .open({ user, detailed, since: sinceOf(request), sink, onEnd: over })
          .catch((error: unknown) => {
            // The answer has begun, so ending it is all that can be done.
            server.log.error({ err: error }, 'A live stream could not be opened');
            over();
            sink.cut();
            return null;
          });
        if (stream === null) return;
        sink.onClose(() => stream.end());
        if (isOver) return;
        lease = leases.hold(token, () => stream.end());
        // It may have ended while the stream was being opened.
        lease.check();
        pings = setInterval(() => {
          watching.heartbeat();
          stream.ping(context.clock.now());
          lease?.check();
        }, pingMs);
      } catch (error) {
        watching.stop();
        leave();
        throw error;
      }
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

/** The viewers that a stream represents, for the hosts that it looks at. */
function createWatching({ hosts, control }: HttpContext, user: User) {
  const viewers: { readonly id: string; readonly hostId: number }[] = [];

  async function watch(id: number, seconds?: number): Promise<void> {
    const target = await hosts.inventory.target(id);
    if (!target?.policy.metricsEnabled) return;
    const viewer = control.registerViewer(id, user.id, randomUUID(), seconds);
    if (viewer !== null) viewers.push({ id: viewer, hostId: id });
  }

  return {
    async start(detailed: ReadonlySet<number>, watched: ReadonlySet<number>, every: number): Promise<void> {
      const mine = new Set(await hosts.access.visibleIds(user));
      for (const id of detailed) if (mine.has(id)) await watch(id, every);
      for (const id of watched) if (mine.has(id) && !detailed.has(id)) await watch(id);
    },
    heartbeat(): void {
      for (const viewer of viewers) control.heartbeat(viewer.id, user.id);
    },
    stop(): void {
      for (const viewer of viewers.splice(0)) control.unregisterViewer(viewer.hostId, user.id, viewer.id);
    },
  };
}

function idsOf(value: string | undefined, name: string, most: number): ReadonlySet<number> {
  const parts = (value ?? '').split(',').filter((part) => part.trim() !== '');
  if (parts.length > most) throw badRequest(`${name} can have at most ${most} ids`);
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
