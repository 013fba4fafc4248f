import Type from 'typebox';
import { badRequest, notFound } from '../../../lib/errors.ts';
import type { Condition, Rule, RuleSettings } from '../../../model/alerts/rule.ts';
import { ruleKeyOf } from '../../../model/alerts/rule.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { fields, nullable, number, success, text, time } from '../../schemas/common.ts';
import { idOf, numberOf } from './asked.ts';
import { ruleOf } from './asked-rule.ts';

const metrics = {
  cpu_threshold: 'cpu_ratio',
  memory_threshold: 'memory_used_ratio',
  disk_threshold: 'filesystem_used_ratio',
} as const;
const triggers = ['host_offline', 'host_online', ...Object.keys(metrics), 'user_login'];
/** Above the threshold minus this it is not over yet, so that a value that jitters is told once. */
const hysteresis = 0.03;
const usualCooldown = 15;

const row = Type.Object({
  id: Type.Integer(),
  user_id: text,
  host_id: nullable(Type.Integer()),
  name: text,
  enabled: Type.Integer({ minimum: 0, maximum: 1 }),
  trigger_type: text,
  threshold_value: nullable(number),
  threshold_duration_seconds: nullable(number),
  cooldown_minutes: number,
  channels: Type.Array(Type.Integer()),
  created_at: time,
  updated_at: time,
});
const body = fields({
  name: 'Required',
  hostId: 'Of one host; null: of all of the user',
  enabled: 'true or false',
  triggerType: triggers.join(', '),
  thresholdValue: '0 to 100 percent',
  thresholdDurationSeconds: 'So long it must be true',
  cooldownMinutes: 'Kept and answered; Sonde tells each incident once',
  channels: 'Ids of channels; none or an empty list: all',
});

/** The user's own rules, as clients of Termix ask for them; those that Termix has no word for are left out. */
export function termixRuleRoutes(server: Server, { alerts, hosts, audited }: HttpContext): void {
  const { rules, metricNames } = alerts;
  const path = '/alert-rules';

  async function view(rule: Rule) {
    return rowOf(rule, (await rules.timesOf(rule.ownerId)).get(rule.id ?? 0));
  }

  async function read(request: Parameters<typeof userOf>[0], before: Rule | null): Promise<RuleSettings> {
    const sent = sentOf(request.body as Readonly<Record<string, unknown>>, before);
    if (sent.hostId !== null) await hosts.access.require(userOf(request), sent.hostId, 'view');
    return { ...ruleOf(sent.settings, null, metricNames), ...sent.kept };
  }

  server.get(
    path,
    about('read', 'alerts', "The user's rules, as Termix answers them", { response: { 200: Type.Array(row) } }),
    async (request) => {
      const { id } = userOf(request);
      const times = await rules.timesOf(id);
      return rules.of(id).flatMap((rule) => {
        return rule.id === null || triggerOf(rule) === null ? [] : [rowOf(rule, times.get(rule.id))];
      });
    },
  );
  server.post(
    path,
    about('manage-all', 'alerts', 'Makes a rule, as clients of Termix do', { body, response: { 201: row } }),
    async (request, reply) => {
      const made = await rules.create(userOf(request).id, null, await read(request, null));
      await audited(request, 'rule-added', { target: made.name, details: { rule: ruleKeyOf(made) } });
      return reply.code(201).send(await view(made));
    },
  );
  server.put(
    `${path}/:id`,
    about('manage-all', 'alerts', 'Changes a rule, as clients of Termix do', {
      params: idParams,
      body,
      response: { 200: row },
    }),
    async (request) => {
      const [owner, id] = [userOf(request).id, idOf(request.params.id, 'id')];
      const before = rules.require(owner, id);
      if (triggerOf(before) === null) throw notFound('Alert rule not found');
      const changed = await rules.change(owner, id, await read(request, before));
      await audited(request, 'rule-changed', { target: changed.name, details: { rule: ruleKeyOf(changed) } });
      return view(changed);
    },
  );
  server.delete(
    `${path}/:id`,
    about('manage-all', 'alerts', 'Removes a rule', { params: idParams, response: { 200: success() } }),
    async (request) => {
      const removed = await rules.remove(userOf(request).id, idOf(request.params.id, 'id'));
      await audited(request, 'rule-removed', { target: removed.name, details: { rule: ruleKeyOf(removed) } });
      return { success: true };
    },
  );
}

/** What a body means; what is not sent is as it was. Throws 400 with one sentence. */
function sentOf(given: Readonly<Record<string, unknown>>, before: Rule | null) {
  const shown = before === null ? null : rowOf(before, undefined);
  const {
    name = shown?.name,
    hostId = shown?.host_id ?? null,
    enabled = shown === null || shown.enabled === 1,
    triggerType: trigger = shown?.trigger_type,
    thresholdValue = shown?.threshold_value ?? null,
    thresholdDurationSeconds = shown?.threshold_duration_seconds ?? null,
    cooldownMinutes = shown?.cooldown_minutes ?? usualCooldown,
    channels = shown?.channels ?? [],
  } = given;
  if (trigger === 'health_check_failure' || trigger === 'health_check_recovery')
    throw badRequest('Sonde has no health checks, so there is nothing that this trigger could be about');
  if (typeof trigger !== 'string' || !triggers.includes(trigger))
    throw badRequest(`triggerType must be one of ${triggers.join(', ')}`);
  const host = hostId === null ? null : idOf(hostId, 'hostId');
  const seconds = thresholdDurationSeconds === null ? 0 : thresholdDurationSeconds;
  const settings = {
    name,
    enabled: enabled === 1 ? true : enabled === 0 ? false : enabled,
    severity: trigger === 'host_offline' ? 'critical' : 'warning',
    hosts: host === null ? { all: true } : { ids: [host] },
    condition: conditionOf(trigger, thresholdValue),
    forSeconds: seconds,
    keepSeconds: trigger in metrics ? 120 : 0,
    channels: Array.isArray(channels) && channels.length === 0 ? 'all' : channels,
  };
  const cooldown = numberOf(cooldownMinutes, 'cooldownMinutes', 0, 10_080);
  return {
    settings,
    hostId: host,
    kept: { termix: { trigger, cooldownMinutes: cooldown } } satisfies Partial<RuleSettings>,
  };
}

function conditionOf(trigger: string, threshold: unknown): Condition {
  if (trigger === 'user_login')
    return { kind: 'event', events: ['login-from-new-address'], atLeast: 1, windowSeconds: 3_600 };
  if (trigger === 'host_offline' || trigger === 'host_online') return { kind: 'status' };
  // Safe: every other trigger is one of them.
  const metric = metrics[trigger as keyof typeof metrics];
  const fire = numberOf(threshold, 'thresholdValue', 0, 100) / 100;
  const clear = Math.max(0, fire - hysteresis);
  return { kind: 'metric', metric, over: 'each', stat: 'last', windowSeconds: 0, op: '>', fire, clear };
}

/** What Termix calls its condition; null: it has no word for it. */
function triggerOf(rule: Rule): string | null {
  const { termix, condition } = rule;
  if (termix !== undefined) return termix.trigger;
  if (condition.kind === 'status') return 'host_offline';
  if (condition.kind !== 'metric' || condition.op !== '>') return null;
  return Object.entries(metrics).find(([, metric]) => metric === condition.metric)?.[0] ?? null;
}

function rowOf(rule: Rule, times: { readonly createdAt: number; readonly updatedAt: number } | undefined) {
  const { id, ownerId, name, enabled, hosts, condition, forSeconds, channels, termix } = rule;
  const iso = (at = 0): string => new Date(at).toISOString();
  return {
    id: id ?? 0,
    user_id: ownerId,
    host_id: 'ids' in hosts && hosts.ids?.length === 1 ? (hosts.ids[0] ?? null) : null,
    name,
    enabled: Number(enabled),
    trigger_type: triggerOf(rule) ?? '',
    threshold_value: condition.kind === 'metric' ? Number((100 * condition.fire).toFixed(3)) : null,
    threshold_duration_seconds: forSeconds,
    cooldown_minutes: termix?.cooldownMinutes ?? usualCooldown,
    channels: channels === 'all' ? [] : [...channels],
    created_at: iso(times?.createdAt),
    updated_at: iso(times?.updatedAt),
  };
}
