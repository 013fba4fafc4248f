import Type from 'typebox';
import { sondeId } from '../../../alerts/own/trouble.ts';
import { badRequest } from '../../../lib/errors.ts';
import { iso } from '../../../lib/scale.ts';
import { closeReasons, type Incident, incidentLogKinds } from '../../../model/alerts/incident.ts';
import { severities } from '../../../model/alerts/severity.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { leavingOf } from '../../leaving.ts';
import { about, type Server } from '../../route.ts';
import { detail } from '../../schemas/alerts.ts';
import { fields, nullable, number, text, time } from '../../schemas/common.ts';
import { incidentView, listedIncident } from '../../views/incident.ts';
import { idOf, momentOf, numberParams, oneOf, severityOf, textOf } from './asked.ts';
import { detailOf } from './detail.ts';

const maxLimit = 200;
const states = ['open', 'closed'] as const;
const labels = Type.Record(Type.String(), Type.String());
const incident = Type.Object({
  id: Type.Integer(),
  state: Type.Enum(['open', 'closed']),
  rule: Type.Object({ key: text, name: text, hint: text }),
  hostId: Type.Integer({ description: '0: Sonde itself' }),
  hostName: Type.String({ description: 'As it was when it opened' }),
  labels,
  severity: Type.Enum([...severities]),
  summary: text,
  value: nullable(number),
  peak: nullable(number),
  openedAt: time,
  closedAt: nullable(time),
  closeReason: nullable(Type.Enum([...closeReasons])),
  flips: Type.Integer({ description: 'How often it seemed over and was not' }),
  acknowledgedBy: nullable(text),
  acknowledgedAt: nullable(time),
  note: text,
  behind: Type.Integer({ description: 'How many hosts are behind this one and have not answered since it fell' }),
  mutedBy: nullable(
    Type.String({ description: 'What keeps it from being told: parent:ID, maintenance:ID, silence:ID, …' }),
  ),
});
const listed = Type.Object({
  ...incident.properties,
  told: nullable(
    Type.Object({ channels: Type.Integer({ description: 'How many' }), at: time }, { description: 'Null: nobody' }),
  ),
  failed: nullable(
    Type.Object({ channel: text, text }, { description: 'The channel that it could not be told to last, and why' }),
  ),
});
const logEntry = Type.Object({ at: time, what: Type.Enum([...incidentLogKinds]), by: text, text });
const word = (description: string) => Type.Optional(Type.String({ description }));

/** What opened and closed, and what people do about it. */
export function incidentRoutes(server: Server, context: HttpContext): void {
  readRoutes(server, context);
  actionRoutes(server, context);
}

function readRoutes(server: Server, context: HttpContext): void {
  const { incidents } = context.alerts;
  server.get(
    '/incidents',
    about('read', 'alerts', "The user's incidents, newest first", {
      querystring: Type.Object({
        state: word('open or closed; by default, both'),
        host: word('Only of this host; 0: Sonde itself'),
        severity: word(severities.join(', ')),
        rule: word('Only of this rule, by its key'),
        before: word('For the next page: `next` of the previous answer'),
        limit: word(`1 to ${maxLimit}; 100`),
      }),
      response: { 200: Type.Object({ incidents: Type.Array(listed), next: nullable(Type.Integer()) }) },
    }),
    async (request) => {
      const { state, host, severity, rule, before, limit = '100' } = request.query;
      const most = idOf(limit, 'limit');
      if (most > maxLimit) throw badRequest(`limit must be at most ${maxLimit}`);
      const found = await incidents.list(userOf(request), {
        state: state === undefined ? undefined : oneOf(state, 'state', states),
        hostId: host === undefined ? undefined : host === '0' ? sondeId : idOf(host, 'host'),
        severity: severity === undefined ? undefined : severityOf(severity),
        ruleKey: rule,
        before: before === undefined ? undefined : idOf(before, 'before'),
        limit: most,
      });
      const tellings = await incidents.tellingsOf(found.map(({ id }) => id));
      return {
        incidents: found.map((one) => listedIncident(one, tellings.get(one.id))),
        next: found.length === most ? (found.at(-1)?.id ?? null) : null,
      };
    },
  );
  server.get(
    '/incidents/:id',
    about('read', 'alerts', 'An incident, with its log, its value, and what else happened on its host', {
      params: numberParams,
      response: { 200: Type.Object({ ...listed.properties, log: Type.Array(logEntry), ...detail }) },
    }),
    async (request, reply) => {
      const found = await incidents.get(userOf(request), idIn(request));
      const log = (await incidents.logOf(found.id)).map((entry) => ({ ...entry, at: iso(entry.at) }));
      const telling = (await incidents.tellingsOf([found.id])).get(found.id);
      return { ...listedIncident(found, telling), log, ...(await detailOf(context, found, leavingOf(reply))) };
    },
  );
}

function actionRoutes(server: Server, { alerts: { incidents }, audited }: HttpContext): void {
  const one = { params: numberParams, response: { 200: incident } };
  server.post(
    '/incidents/:id/acknowledge',
    about('manage-all', 'alerts', 'Says that somebody looks after it: nobody is reminded of it any more', one),
    async (request) => {
      const found = await incidents.acknowledge(userOf(request), idIn(request));
      await audited(request, 'incident-acknowledged', subject(found));
      return incidentView(found);
    },
  );
  server.post(
    '/incidents/:id/note',
    about('manage-all', 'alerts', 'Writes a note; an earlier one is replaced, and stays in the log', {
      ...one,
      body: fields({ text: 'At most 2,000 characters' }),
    }),
    async (request) => {
      const note = textOf(request.body.text, 'text', 2_000);
      const found = await incidents.note(userOf(request), idIn(request), note);
      await audited(request, 'incident-noted', subject(found));
      return incidentView(found);
    },
  );
  server.post(
    '/incidents/:id/silence',
    about('manage-all', 'alerts', 'Keeps it quiet until a time', {
      ...one,
      body: fields({ until: 'ISO 8601', reason: 'Why; at most 500 characters' }),
    }),
    async (request) => {
      const { until, reason = '' } = request.body;
      const end = momentOf(until, 'until');
      const found = await incidents.silence(userOf(request), idIn(request), end, textOf(reason, 'reason', 500));
      await audited(request, 'incident-silenced', {
        ...subject(found),
        details: { incident: found.id, until: iso(end) },
      });
      return incidentView(found);
    },
  );
  server.post(
    '/incidents/:id/close',
    about(
      'manage-all',
      'alerts',
      'Closes it although it may still be true; it opens again only after it was over',
      one,
    ),
    async (request) => {
      const found = await incidents.close(userOf(request), idIn(request));
      await audited(request, 'incident-closed', subject(found));
      return incidentView(found);
    },
  );
}

/** The incident in a request's path. */
function idIn(request: { readonly params: { readonly id: string } }): number {
  return idOf(request.params.id, 'id');
}

function subject({ id, hostId, hostName, rule }: Incident) {
  return { hostId, target: hostName, details: { incident: id, rule: rule.name } };
}
