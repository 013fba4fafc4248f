import Type from 'typebox';
import { iso } from '../../../lib/scale.ts';
import { closeReasons } from '../../../model/alerts/incident.ts';
import type { Preview, PreviewIncident } from '../../../model/alerts/preview.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { leavingOf } from '../../leaving.ts';
import { about, type Server } from '../../route.ts';
import { nullable, number, text, time } from '../../schemas/common.ts';
import { baseOf, ruleOf } from './asked-rule.ts';
import { ruleBody } from './rules.ts';

const preview = Type.Object({
  from: time,
  to: time,
  since: nullable(Type.String({ description: 'The oldest value that was read, ISO 8601. Null: there is none' })),
  resolution: Type.Integer({
    description: 'The longest time that one value stood for, ms. 0: all samples as they came',
  }),
  hosts: Type.Object({
    selected: Type.Integer({ description: 'How many hosts the rule is about' }),
    looked: Type.Integer({
      description: 'How many of them were checked: at most 50, and as many as there was time for',
    }),
    withHistory: Type.Integer({ description: 'How many of these have history of that time' }),
  }),
  opened: Type.Integer({ description: 'How many incidents would have opened' }),
  onHosts: Type.Integer({ description: 'On how many hosts' }),
  stillOpen: Type.Integer({ description: 'How many of them would still be open' }),
  incidents: Type.Array(
    Type.Object({
      hostId: Type.Integer(),
      hostName: text,
      labels: Type.Record(Type.String(), Type.String()),
      summary: text,
      value: nullable(number),
      peak: nullable(number),
      openedAt: time,
      closedAt: nullable(time),
      closeReason: nullable(Type.Enum([...closeReasons])),
    }),
    { description: 'The newest first, at most 200' },
  ),
  notes: Type.Array(text, { description: 'In what this may differ from what the rule will do: a sentence each' }),
});

/** What a rule would have done before there was one. */
export function previewRoutes(server: Server, { alerts }: HttpContext): void {
  server.post(
    '/rules/preview',
    about('read', 'alerts', 'What a rule would have opened in the last 7 days; nothing is stored', {
      body: ruleBody,
      response: { 200: preview },
    }),
    async (request, reply) => {
      const { base, settings } = baseOf(request.body.base);
      const { base: _, ...sent } = request.body;
      const asked = ruleOf(sent, settings, alerts.metricNames);
      return previewView(await alerts.preview(userOf(request), base, asked, leavingOf(reply)));
    },
  );
}

function previewView({ from, to, since, incidents, ...shown }: Preview) {
  return {
    from: iso(from),
    to: iso(to),
    since: since === null ? null : iso(since),
    ...shown,
    incidents: incidents.map(incidentView),
  };
}

function incidentView({ openedAt, closedAt, ...shown }: PreviewIncident) {
  return { ...shown, openedAt: iso(openedAt), closedAt: closedAt === null ? null : iso(closedAt) };
}
