import Type from 'typebox';
import type { Annotation } from '../../../changes/changes.ts';
import { badRequest, notFound } from '../../../lib/errors.ts';
import { type EventKind, eventKinds } from '../../../model/alerts/event.ts';
import { severities } from '../../../model/alerts/severity.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, nullable, success, text, time } from '../../schemas/common.ts';
import { sightsOf } from '../../sight.ts';
import { eventView } from '../../views/event.ts';
import { idOf, listOf, momentOf, oneOf, textOf } from './asked.ts';

const maxLimit = 200;
/** So many hosts are noted at once. */
const maxHosts = 1_000;
const maxText = 500;
const dayMs = 86_400_000;
/** A note is about the last year, or about what begins within a day. */
const oldestMs = 365 * dayMs;
const longestMs = 30 * dayMs;

const event = Type.Object({
  id: Type.Integer(),
  hostId: Type.Integer({ description: '0: Sonde itself' }),
  at: Type.String({ format: 'date-time', description: 'When it was seen' }),
  seenFrom: nullable(
    Type.String({ format: 'date-time', description: 'It happened after this time. Null: it was seen as it happened' }),
  ),
  kind: Type.Enum([...eventKinds]),
  severity: Type.Enum([...severities]),
  summary: text,
  details: Type.Record(Type.String(), Type.Unknown(), {
    description: 'By kind; `subject` is what of the host it is about. Texts may be of the host',
  }),
});

/** What changed on hosts, and what people note about them. */
export function eventRoutes(server: Server, context: HttpContext): void {
  const { hosts, changes, clock } = context;
  server.get(
    '/events',
    about('read', 'alerts', 'What changed on the hosts that the user may see, and on Sonde itself, newest first', {
      querystring: Type.Partial(
        Type.Object({
          host: Type.String({ description: 'A host; 0: Sonde itself. Without it: all' }),
          kind: Type.String({ description: 'One or more kinds, with commas between them' }),
          from: time,
          to: time,
          before: Type.String({ description: 'The `next` of the answer before' }),
          limit: Type.String({ description: `At most ${maxLimit}; otherwise 100` }),
        }),
      ),
      response: { 200: Type.Object({ events: Type.Array(event), next: nullable(Type.Integer()) }) },
    }),
    async (request) => {
      const user = userOf(request);
      const { host, kind, from, to, before, limit = '100' } = request.query;
      const most = idOf(limit, 'limit');
      if (most > maxLimit) throw badRequest(`limit must be at most ${maxLimit}`);
      const one = host === undefined || host === '0' ? null : idOf(host, 'host');
      if (one !== null) await hosts.access.require(user, one, 'view');
      const found = await changes.list({
        hostIds: one !== null ? [one] : host === '0' ? [0] : [0, ...(await hosts.access.visibleIds(user))],
        kinds: kind === undefined ? undefined : kindsOf(kind),
        from: from === undefined ? undefined : momentOf(from, 'from'),
        to: to === undefined ? undefined : momentOf(to, 'to'),
        before: before === undefined ? undefined : idOf(before, 'before'),
        limit: most,
      });
      const sightOf = await sightsOf(user, hosts);
      const next = found.length === most ? (found.at(-1)?.id ?? null) : null;
      return { events: found.map((each) => eventView(each, sightOf(each.hostId))), next };
    },
  );
  server.post(
    '/events',
    about('manage', 'alerts', 'Notes something about hosts, such as a deployment: a line in their changes', {
      body: fields({
        host: 'The host; or give tags',
        tags: 'The hosts that the user manages and that have one of these tags',
        text: `At most ${maxText} characters`,
        at: 'When, ISO 8601; now if it is missing',
        until: 'If it lasts: its end, ISO 8601, at most 30 days later',
      }),
      response: { 201: success({ hosts: Type.Integer({ description: 'How many hosts were noted' }) }) },
    }),
    async (request, reply) => {
      const noted = noteOf(request.body, clock.now());
      const ids = await hostsOf(request.body, userOf(request), context);
      await changes.annotate(ids, { ...noted, by: userOf(request).username });
      const [only] = ids.length === 1 ? await hosts.forAlerts(ids) : [];
      await context.audited(request, 'event-noted', {
        ...(only === undefined ? {} : { hostId: only.id }),
        target: only?.name ?? `${ids.length} hosts`,
        details: { text: noted.text, hosts: ids.length },
      });
      return reply.code(201).send({ success: true, hosts: ids.length });
    },
  );
}

function kindsOf(given: string): readonly EventKind[] {
  return listOf(given.split(','), 'kind', eventKinds.length, (one) => oneOf(one, 'kind', eventKinds));
}

type Sent = Readonly<Record<string, unknown>>;

/** Throws 400 with one sentence. */
function noteOf(body: Sent, now: number): Omit<Annotation, 'by'> {
  const said = textOf(body.text, 'text', maxText).trim();
  if (said === '') throw badRequest('text is required');
  const at = body.at === undefined ? now : momentOf(body.at, 'at');
  if (at < now - oldestMs || at > now + dayMs) throw badRequest('at must be within the last year or the next day');
  if (body.until === undefined || body.until === null) return { text: said, at, until: null };
  const until = momentOf(body.until, 'until');
  if (until <= at || until > at + longestMs) throw badRequest('until must be after at, and at most 30 days later');
  return { text: said, at, until };
}

/** The hosts that a body names, all of which the user manages. Throws 400, 403 and 404. */
async function hostsOf(
  { host, tags }: Sent,
  user: ReturnType<typeof userOf>,
  { hosts }: HttpContext,
): Promise<readonly number[]> {
  if ((host === undefined) === (tags === undefined)) throw badRequest('Give host, or tags, but not both');
  if (host !== undefined) {
    const id = idOf(host, 'host');
    await hosts.access.require(user, id, 'manage');
    return [id];
  }
  const wanted = new Set(listOf(tags, 'tags', 100, (tag) => textOf(tag, 'tags', 200)));
  const managed = [...(await hosts.access.levelsOf(user))].flatMap(([id, level]) => (level === 'manage' ? [id] : []));
  const all = managed.length === 0 ? [] : await hosts.forAlerts(managed);
  const found = all.filter((one) => one.tags.some((tag) => wanted.has(tag))).map(({ id }) => id);
  if (found.length === 0) throw notFound('No host that you manage has one of these tags');
  if (found.length > maxHosts)
    throw badRequest(`${found.length} hosts have one of these tags; note at most ${maxHosts} at once`);
  return found;
}
