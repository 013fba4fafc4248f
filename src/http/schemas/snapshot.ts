import Type, { type TProperties, type TSchema } from 'typebox';
import { collectors } from '../../collectors/index.ts';
import { metricsView } from '../../collectors/shared/metrics-view.ts';
import { count, nullable, text, textOrNull, time } from '../../lib/schema.ts';
import { failure, hops, problem } from './common.ts';

export const status = Type.Object({
  status: Type.Enum(['online', 'offline']),
  lastChecked: time,
  since: time,
  failure: nullable(failure),
  stale: Type.Boolean({ description: 'The route to the host is broken; the status is from before' }),
});

export const statusWithHops = Type.Object({ ...status.properties, hops });

export const statuses = Type.Record(Type.String({ pattern: '^[1-9][0-9]*$' }), status, {
  description: 'Keys are host ids',
});

const section = Type.Object({
  collectedAt: nullable(time),
  parts: Type.Optional(
    Type.Record(text, time, { description: 'If its parts are read at different times: when each one was read' }),
  ),
  source: textOrNull,
  error: nullable(Type.Object({ reason: text, message: text, hint: text })),
  leftOut: Type.Optional(Type.Record(text, count, { description: 'How many entries were left out, by list' })),
});

const fields = Object.fromEntries(
  // Safe: schemas are made by typebox.
  collectors.map(({ name, view, metrics }) => [name, (view ?? metricsView(metrics)).schema as TSchema]),
);

const parts = {
  ...fields,
  sections: Type.Object(
    {},
    { additionalProperties: section, description: 'For every part: when and how it was collected, or why not' },
  ),
  failure: nullable(failure),
  hops,
} satisfies TProperties;

const age = {
  stale: Type.Boolean({ description: 'Older than the snapshot of a host that is being sampled can be' }),
  ageSeconds: count,
};

export const snapshot = Type.Object({ ...parts, lastChecked: time, ...age });

/** The answer if there is no snapshot: every field, null. */
export const noSnapshot = Type.Object({
  ...problem.properties,
  ...parts,
  lastChecked: nullable(time),
  stale: Type.Literal(true),
  ageSeconds: Type.Null(),
});
