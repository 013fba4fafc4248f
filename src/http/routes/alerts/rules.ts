import Type from 'typebox';
import { defaultRules } from '../../../alerts/judging/default-rules.ts';
import { type Rule, ruleKeyOf } from '../../../model/alerts/rule.ts';
import { severities } from '../../../model/alerts/severity.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, nullable, number, success, text } from '../../schemas/common.ts';
import { idOf, numberParams } from './asked.ts';
import { baseOf, ruleOf } from './asked-rule.ts';

const settings = {
  name: text,
  enabled: Type.Boolean(),
  severity: Type.Enum([...severities]),
  hosts: Type.Object({}, { description: '{"all": true}, or ids, tags, folders and not' }),
  condition: Type.Object({}, { description: 'By its kind: metric, status, not-sampled, forecast' }),
  forSeconds: number,
  keepSeconds: number,
  noData: Type.Enum(['keep', 'ok', 'fire']),
  channels: Type.Union([Type.Literal('all'), Type.Array(Type.Integer())]),
  remindSeconds: nullable(number),
  hint: text,
};
const rule = Type.Object({
  id: nullable(Type.Integer({ description: 'Null: a default rule that nobody changed' })),
  key: Type.String({ description: 'What incidents call it' }),
  base: nullable(Type.String({ description: 'The default rule that it is or changes' })),
  ...settings,
});
/** A rule as it is sent. */
export const ruleBody = fields({
  base: 'The default rule to change, for a new rule',
  name: 'Its name',
  enabled: 'Whether it is asked',
  severity: severities.join(', '),
  hosts: '{"all": true}, or ids, tags, folders and not',
  condition: 'What is wrong when it is true',
  forSeconds: 'So long it must be true before it fires',
  keepSeconds: 'So long it must be over before it closes',
  noData: 'keep, ok or fire',
  channels: 'all, or a list of ids',
  remindSeconds: 'Told again after this time; null: never',
  hint: 'What to do about it',
});

/** What is wrong on a host, by the user's own rules and the default ones. */
export function ruleRoutes(server: Server, { alerts, audited }: HttpContext): void {
  const { rules, metricNames } = alerts;
  server.get(
    '/rules',
    about('read', 'alerts', "The user's rules: the default ones, changed or not, and their own", {
      response: { 200: Type.Object({ rules: Type.Array(rule) }) },
    }),
    async (request) => ({ rules: rules.of(userOf(request).id).map(ruleView) }),
  );
  server.get(
    '/rules/defaults',
    about('read', 'alerts', 'The default rules as Sonde has them', {
      response: { 200: Type.Object({ rules: Type.Array(Type.Object({ base: text, ...settings })) }) },
    }),
    async () => ({ rules: Object.entries(defaultRules).map(([base, one]) => ({ base, ...one })) }),
  );
  server.post(
    '/rules',
    about('manage-all', 'alerts', 'Makes a rule, or changes a default rule', {
      body: ruleBody,
      response: { 201: rule },
    }),
    async (request, reply) => {
      const { base: given, ...sent } = request.body;
      const { base, settings: before } = baseOf(given);
      const made = await rules.create(userOf(request).id, base, ruleOf(sent, before, metricNames));
      await audited(request, 'rule-added', { target: made.name, details: { rule: ruleKeyOf(made) } });
      return reply.code(201).send(ruleView(made));
    },
  );
  server.get(
    '/rules/:id',
    about('read', 'alerts', 'A rule', { params: numberParams, response: { 200: rule } }),
    async (request) => ruleView(rules.require(userOf(request).id, idOf(request.params.id, 'id'))),
  );
  server.put(
    '/rules/:id',
    about('manage-all', 'alerts', 'Changes a rule; what is not sent stays', {
      params: numberParams,
      body: ruleBody,
      response: { 200: rule },
    }),
    async (request) => {
      const [owner, id] = [userOf(request).id, idOf(request.params.id, 'id')];
      const { base: _, ...sent } = request.body;
      const changed = await rules.change(owner, id, ruleOf(sent, rules.require(owner, id), metricNames));
      await audited(request, 'rule-changed', { target: changed.name, details: { rule: ruleKeyOf(changed) } });
      return ruleView(changed);
    },
  );
  server.delete(
    '/rules/:id',
    about('manage-all', 'alerts', 'Removes a rule; a default rule is then as Sonde has it', {
      params: numberParams,
      response: { 200: success() },
    }),
    async (request) => {
      const removed = await rules.remove(userOf(request).id, idOf(request.params.id, 'id'));
      await audited(request, 'rule-removed', { target: removed.name, details: { rule: ruleKeyOf(removed) } });
      return { success: true };
    },
  );
}

function ruleView(one: Rule) {
  const { ownerId: _, ...shown } = one;
  return { key: ruleKeyOf(one), ...shown };
}
