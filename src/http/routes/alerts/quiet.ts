import Type from 'typebox';
import { isWithin, localTime, minuteOf } from '../../../alerts/quiet/maintenance-time.ts';
import { badRequest } from '../../../lib/errors.ts';
import type { Maintenance, MaintenanceTime, Silence, SilenceMatcher } from '../../../model/alerts/quiet.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success, text, time } from '../../schemas/common.ts';
import {
  idOf,
  labelsOf,
  listOf,
  momentOf,
  nameOf,
  numberOf,
  numberParams,
  objectOf,
  oneOf,
  selectorOf,
  severityOf,
  textOf,
} from './asked.ts';

const silence = Type.Object({
  id: Type.Integer(),
  matcher: Type.Object({}, { description: 'ruleKey, hosts, severity, labels, incidentId' }),
  from: time,
  until: time,
  reason: text,
  by: text,
});
const maintenance = Type.Object({
  id: Type.Integer(),
  name: text,
  hosts: Type.Object({}),
  time: Type.Object({}, { description: 'kind once: from, until; kind weekly: days (0: Sunday), begins, ends, zone' }),
  mutes: Type.Enum(['notifications', 'all']),
  active: Type.Boolean({ description: 'Whether it is that time now' }),
});
const maintenanceBody = fields({
  name: 'Its name',
  hosts: '{"all": true}, or ids, tags, folders and not',
  time: '{"kind": "once", "from", "until"} or {"kind": "weekly", "days": [0], "begins": "22:00", "ends": "05:00", "zone": "Europe/Berlin"}',
  mutes: 'notifications (the default): incidents open and are not told; all: none opens',
});

/** When nothing is told: silences and maintenance. */
export function quietRoutes(server: Server, context: HttpContext): void {
  silenceRoutes(server, context);
  maintenanceRoutes(server, context);
}

function silenceRoutes(server: Server, { alerts: { quiet }, audited, clock }: HttpContext): void {
  server.get(
    '/silences',
    about('read', 'alerts', "The user's silences", {
      response: { 200: Type.Object({ silences: Type.Array(silence) }) },
    }),
    async (request) => ({ silences: quiet.silencesOf(userOf(request).id).map(silenceView) }),
  );
  server.post(
    '/silences',
    about('manage-all', 'alerts', 'Keeps incidents quiet for a while', {
      body: fields({ matcher: 'What it is about', from: 'ISO 8601; now', until: 'ISO 8601', reason: 'Why' }),
      response: { 201: silence },
    }),
    async (request, reply) => {
      const { id, username } = userOf(request);
      const { matcher, from, until, reason = '' } = request.body;
      const [since, end] = [from === undefined ? clock.now() : momentOf(from, 'from'), momentOf(until, 'until')];
      if (end <= Math.max(since, clock.now())) throw badRequest('until must be later than now and than from');
      const made = await quiet.addSilence({
        userId: id,
        matcher: matcherOf(matcher),
        since,
        until: end,
        reason: textOf(reason, 'reason', 500),
        by: username,
      });
      await audited(request, 'silence-added', { target: made.reason, details: { silence: made.id } });
      return reply.code(201).send(silenceView(made));
    },
  );
  server.delete(
    '/silences/:id',
    about('manage-all', 'alerts', 'Ends a silence', { params: numberParams, response: { 200: success() } }),
    async (request) => {
      const { id, reason } = await quiet.removeSilence(userOf(request).id, idOf(request.params.id, 'id'));
      await audited(request, 'silence-removed', { target: reason, details: { silence: id } });
      return { success: true };
    },
  );
}

function maintenanceRoutes(server: Server, { alerts: { quiet }, audited, clock }: HttpContext): void {
  const shown = (one: Maintenance) => ({ ...maintenanceView(one), active: isWithin(one.time, clock.now()) });
  server.get(
    '/maintenance',
    about('read', 'alerts', "The user's maintenance times", {
      response: { 200: Type.Object({ maintenance: Type.Array(maintenance) }) },
    }),
    async (request) => ({ maintenance: quiet.maintenanceOf(userOf(request).id).map(shown) }),
  );
  server.post(
    '/maintenance',
    about('manage-all', 'alerts', 'Says when somebody works on hosts', {
      body: maintenanceBody,
      response: { 201: maintenance },
    }),
    async (request, reply) => {
      const made = await quiet.addMaintenance({ userId: userOf(request).id, ...maintenanceOf(request.body) });
      await audited(request, 'maintenance-added', { target: made.name, details: { maintenance: made.id } });
      return reply.code(201).send(shown(made));
    },
  );
  server.put(
    '/maintenance/:id',
    about('manage-all', 'alerts', 'Changes a maintenance time; what is not sent stays', {
      params: numberParams,
      body: maintenanceBody,
      response: { 200: maintenance },
    }),
    async (request) => {
      const [userId, id] = [userOf(request).id, idOf(request.params.id, 'id')];
      const before = maintenanceView(quiet.requireMaintenance(userId, id));
      const changed = await quiet.changeMaintenance({ id, userId, ...maintenanceOf({ ...before, ...request.body }) });
      await audited(request, 'maintenance-changed', { target: changed.name, details: { maintenance: id } });
      return shown(changed);
    },
  );
  server.delete(
    '/maintenance/:id',
    about('manage-all', 'alerts', 'Removes a maintenance time', { params: numberParams, response: { 200: success() } }),
    async (request) => {
      const { id, name } = await quiet.removeMaintenance(userOf(request).id, idOf(request.params.id, 'id'));
      await audited(request, 'maintenance-removed', { target: name, details: { maintenance: id } });
      return { success: true };
    },
  );
}

function matcherOf(value: unknown): SilenceMatcher {
  const { ruleKey, hosts, severity, labels, incidentId } = objectOf(value, 'matcher');
  const matcher = {
    ...(ruleKey === undefined ? {} : { ruleKey: textOf(ruleKey, 'matcher.ruleKey', 100) }),
    ...(hosts === undefined ? {} : { hosts: selectorOf(hosts) }),
    ...(severity === undefined ? {} : { severity: severityOf(severity) }),
    ...(labels === undefined ? {} : { labels: labelsOf(labels, 'matcher.labels') }),
    ...(incidentId === undefined ? {} : { incidentId: idOf(incidentId, 'matcher.incidentId') }),
  };
  if (Object.keys(matcher).length === 0)
    throw badRequest('matcher must name a ruleKey, hosts, a severity, labels or an incidentId');
  return matcher;
}

function maintenanceOf(body: Readonly<Record<string, unknown>>): Omit<Maintenance, 'id' | 'userId'> {
  const { name, hosts, time: when, mutes = 'notifications' } = body;
  return {
    name: nameOf(name),
    hosts: selectorOf(hosts),
    time: whenOf(objectOf(when, 'time')),
    mutes: oneOf(mutes, 'mutes', ['notifications', 'all']),
  };
}

function whenOf(given: Readonly<Record<string, unknown>>): MaintenanceTime {
  if (oneOf(given.kind, 'time.kind', ['once', 'weekly']) === 'once') {
    const [from, until] = [momentOf(given.from, 'time.from'), momentOf(given.until, 'time.until')];
    if (until <= from) throw badRequest('time.until must be later than time.from');
    return { kind: 'once', from, until };
  }
  const [begins, ends] = [textOf(given.begins, 'time.begins', 5), textOf(given.ends, 'time.ends', 5)];
  if (minuteOf(begins) === null || minuteOf(ends) === null)
    throw badRequest('time.begins and time.ends must be times of a day, such as 22:00');
  const zone = textOf(given.zone, 'time.zone', 60);
  if (localTime(zone, 0) === null) throw badRequest('time.zone must be an IANA time zone, such as Europe/Berlin');
  const days = listOf(given.days, 'time.days', 7, (day) => Math.floor(numberOf(day, 'time.days', 0, 6)));
  if (days.length === 0) throw badRequest('time.days must name a day');
  return { kind: 'weekly', days, begins, ends, zone };
}

function silenceView({ id, matcher, since, until, reason, by }: Silence) {
  return { id, matcher, from: new Date(since).toISOString(), until: new Date(until).toISOString(), reason, by };
}

function maintenanceView({ id, name, hosts, time: when, mutes }: Maintenance) {
  const shown =
    when.kind === 'weekly'
      ? when
      : { ...when, from: new Date(when.from).toISOString(), until: new Date(when.until).toISOString() };
  return { id, name, hosts, time: shown, mutes };
}
