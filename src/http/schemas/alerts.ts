import Type from 'typebox';
import { deliveryKinds, deliveryStates } from '../../model/alerts/channel.ts';
import { eventKinds } from '../../model/alerts/event.ts';
import { transitionKinds } from '../../model/alerts/message.ts';
import { severities } from '../../model/alerts/severity.ts';
import { nullable, number, text, time } from './common.ts';

const ms = Type.Integer({ description: 'ms since the epoch' });
const values = Type.Array(nullable(number));
const used = Type.Array(Type.Object({ name: text, value: number }));
const threshold = Type.Object({ metric: text, unit: text, op: Type.Enum(['>', '<']), fire: number, clear: number });

/** What an incident shows beside itself. */
export const detail = {
  chart: nullable(
    Type.Object(
      {
        from: ms,
        to: ms,
        source: Type.Enum(['history', 'recent', 'opening'], {
          description: 'Where the values are from: history, the last 15 minutes, or what was kept as it opened',
        }),
        resolution: Type.Integer({ description: 'How long each value stands for, ms. 0: the samples as they came' }),
        times: Type.Array(ms),
        lines: Type.Array(
          Type.Object({
            metric: text,
            labels: Type.Record(Type.String(), Type.String()),
            unit: text,
            mean: values,
            min: Type.Optional(values),
            max: Type.Optional(values),
          }),
        ),
        thresholds: Type.Array(threshold, {
          description: "That of the rule's metric, then those of its further tests",
        }),
      },
      { description: 'The value around the incident. Null: there is none, or nothing is known of it' },
    ),
  ),
  top: nullable(
    Type.Object(
      { at: time, cpu: used, memory: used },
      { description: 'The processes that used most as it opened: CPU of one processor, memory in bytes' },
    ),
  ),
  events: Type.Array(
    Type.Object({
      id: Type.Integer(),
      at: time,
      seenFrom: nullable(time),
      kind: Type.Enum([...eventKinds]),
      severity: Type.Enum([...severities]),
      summary: text,
      details: Type.Object({}),
    }),
    { description: 'What changed on the host around that time, the newest first; at most 50' },
  ),
  others: Type.Array(
    Type.Object({
      id: Type.Integer(),
      rule: text,
      severity: Type.Enum([...severities]),
      summary: text,
      openedAt: time,
      closedAt: nullable(time),
    }),
    { description: 'Other incidents of the host at that time, the newest first; at most 20' },
  ),
};

/** A message to a channel. */
export const delivery = Type.Object({
  id: Type.Integer(),
  channelId: Type.Integer(),
  kind: Type.Enum([...deliveryKinds]),
  state: Type.Enum([...deliveryStates], {
    description:
      'waiting: gathers what belongs to it; pending: is sent when it is due; dead: given up; dropped: not needed',
  }),
  title: nullable(Type.String({ description: 'Null while it gathers' })),
  createdAt: time,
  dueAt: nullable(time),
  sentAt: nullable(time),
  attempts: Type.Integer(),
  answer: nullable(Type.String({ description: 'What the service said last' })),
  incidents: Type.Array(
    Type.Object({ id: Type.Integer(), transition: Type.Enum([...transitionKinds]), hostName: text, ruleName: text }),
    { description: 'The first 20' },
  ),
  incidentCount: Type.Integer(),
});
