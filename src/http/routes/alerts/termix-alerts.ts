import Type from 'typebox';
import { notFound, RequestError } from '../../../lib/errors.ts';
import type { Incident } from '../../../model/alerts/incident.ts';
import { severities } from '../../../model/alerts/severity.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { fields, message, nullable, number, success, text, time } from '../../schemas/common.ts';
import { idOf } from './asked.ts';

const maxLimit = 200;
const dayMs = 86_400_000;
const firing = Type.Object({
  id: Type.Integer(),
  user_id: text,
  rule_id: nullable(Type.Integer({ description: 'Null: a default rule that nobody changed' })),
  rule_name: text,
  host_id: Type.Integer(),
  host_name: text,
  value: nullable(number),
  message: text,
  severity: Type.Enum([...severities]),
  fired_at: time,
  resolved_at: nullable(time),
  acknowledged: Type.Integer({ minimum: 0, maximum: 1 }),
  acknowledged_at: nullable(time),
});
const alert = Type.Object({
  id: text,
  title: text,
  message: text,
  severity: Type.Enum([...severities]),
  createdAt: time,
  expiresAt: time,
  priority: Type.Enum(['low', 'medium', 'high', 'critical']),
  type: Type.Enum(['info', 'warning', 'error']),
  actionUrl: text,
});
const word = (description: string) => Type.Optional(Type.String({ description }));

/** The user's incidents, as clients of Termix ask for them. */
export function termixAlertRoutes(server: Server, context: HttpContext): void {
  firingRoutes(server, context);
  alertRoutes(server, context);
}

function firingRoutes(server: Server, { alerts: { incidents }, audited }: HttpContext): void {
  const path = '/alert-firings';
  server.get(
    path,
    about('read', 'alerts', "The user's incidents, newest first, as Termix answers them", {
      querystring: Type.Object({
        limit: word(`At most ${maxLimit}; 50`),
        offset: word('So many are left out; 0'),
        acknowledged: word('true or false'),
      }),
      response: { 200: Type.Object({ firings: Type.Array(firing), total: Type.Integer() }) },
    }),
    async (request) => {
      const { limit, offset, acknowledged } = request.query;
      const found = await incidents.page(userOf(request), {
        acknowledged: acknowledged === 'true' ? true : acknowledged === 'false' ? false : undefined,
        limit: Math.min(wholeOf(limit) || 50, maxLimit),
        offset: wholeOf(offset),
      });
      return { firings: found.incidents.map(firingOf), total: found.total };
    },
  );
  server.post(
    `${path}/:id/acknowledge`,
    about('manage-all', 'alerts', 'Says that somebody looks after it', {
      params: idParams,
      response: { 200: success() },
    }),
    async (request) => {
      const found = await incidents.acknowledge(userOf(request), idOf(request.params.id, 'id'));
      await audited(request, 'incident-acknowledged', subject(found));
      return { success: true };
    },
  );
  server.post(
    `${path}/acknowledge-all`,
    about('manage-all', 'alerts', 'Says that somebody looks after all of them', {
      response: { 200: success({ acknowledged: Type.Integer() }) },
    }),
    async (request) => {
      const acknowledged = await incidents.acknowledgeAll(userOf(request));
      await audited(request, 'incident-acknowledged', { details: { incidents: acknowledged } });
      return { success: true, acknowledged };
    },
  );
}

function alertRoutes(server: Server, { alerts: { incidents }, audited, clock }: HttpContext): void {
  const one = { body: fields({ alertId: 'Its id' }), response: { 200: message } };
  const idIn = ({ body }: { readonly body: { readonly alertId?: unknown } }): number => idOf(body.alertId, 'alertId');
  server.get(
    '/alerts',
    about('read', 'alerts', 'What is open and nobody dismissed, as Termix answers it', {
      response: {
        200: Type.Object({ alerts: Type.Array(alert), cached: Type.Literal(false), total_count: Type.Integer() }),
      },
    }),
    async (request) => {
      const query = { acknowledged: false, isOpen: true, limit: maxLimit, offset: 0 };
      const { incidents: open, total } = await incidents.page(userOf(request), query);
      const expiresAt = new Date(clock.now() + dayMs).toISOString();
      return {
        alerts: open.map((incident) => alertOf(incident, expiresAt)),
        cached: false as const,
        total_count: total,
      };
    },
  );
  server.get(
    '/alerts/dismissed',
    about('read', 'alerts', 'What was dismissed, newest first, as Termix answers it', {
      response: {
        200: Type.Object({
          dismissed_alerts: Type.Array(Type.Object({ alertId: text, dismissedAt: time })),
          total_count: Type.Integer(),
        }),
      },
    }),
    async (request) => {
      const query = { acknowledged: true, limit: maxLimit, offset: 0 };
      const { incidents: found, total } = await incidents.page(userOf(request), query);
      const dismissed = found.map(({ id, ackedAt }) => ({ alertId: String(id), dismissedAt: iso(ackedAt ?? 0) }));
      return { dismissed_alerts: dismissed, total_count: total };
    },
  );
  server.post('/alerts/dismiss', about('manage-all', 'alerts', 'Acknowledges an incident', one), async (request) => {
    const [user, id] = [userOf(request), idIn(request)];
    if ((await incidents.get(user, id)).ackedAt !== null) throw new RequestError(409, 'Alert already dismissed');
    await audited(request, 'incident-acknowledged', subject(await incidents.acknowledge(user, id)));
    return { message: 'Alert dismissed successfully' };
  });
  server.delete(
    '/alerts/dismiss',
    about('manage-all', 'alerts', 'Takes the acknowledgement of an incident back', one),
    async (request) => {
      const [user, id] = [userOf(request), idIn(request)];
      if (!(await incidents.unacknowledge(user, id))) throw notFound('Dismissed alert not found');
      await audited(request, 'incident-acknowledged', {
        ...subject(await incidents.get(user, id)),
        details: { incident: id, undone: true },
      });
      return { message: 'Alert undismissed successfully' };
    },
  );
}

function wholeOf(value: string | undefined): number {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : 0;
}

function subject({ id, hostId, hostName, rule }: Incident) {
  return { hostId, target: hostName, details: { incident: id, rule: rule.name } };
}

function firingOf(one: Incident) {
  return {
    id: one.id,
    user_id: one.userId,
    rule_id: one.rule.id,
    rule_name: one.rule.name,
    host_id: one.hostId,
    host_name: one.hostName,
    value: one.value,
    message: one.summary,
    severity: one.severity,
    fired_at: iso(one.openedAt),
    resolved_at: one.closedAt === null ? null : iso(one.closedAt),
    acknowledged: Number(one.ackedAt !== null),
    acknowledged_at: one.ackedAt === null ? null : iso(one.ackedAt),
  };
}

function alertOf({ id, hostName, rule, summary, severity, openedAt }: Incident, expiresAt: string) {
  const [priority, type] = (
    { info: ['low', 'info'], warning: ['high', 'warning'], critical: ['critical', 'error'] } as const
  )[severity];
  return {
    id: String(id),
    title: `${hostName}: ${rule.name}`,
    message: summary,
    severity,
    createdAt: iso(openedAt),
    expiresAt,
    priority,
    type,
    actionUrl: `/alerts/incidents/${id}`,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
