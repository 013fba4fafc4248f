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
  stale: Type.Boolean({ description: 'The way to the host is broken: the status is what it was before' }),
});

export const statusWithHops = Type.Object({ ...status.properties, hops });

export const statuses = Type.Record(Type.String({ pattern: '^[1-9][0-9]*$' }), status, {
  description: "By the host's id",
});

const section = Type.Object({
  collectedAt: nullable(time),
  parts: Type.Optional(
    Type.Record(text, time, { description: 'When each part was read, where its parts are read at different times' }),
  ),
  source: textOrNull,
  error: nullable(Type.Object({ reason: text, message: text, hint: text })),
  leftOut: Type.Optional(
    Type.Record(text, count, { description: 'How many entries of its lists the part does not hold, by the list' }),
  ),
});

const fields = Object.fromEntries(
  // Safe: schemas are made by typebox.
  collectors.map(({ name, view, metrics }) => [name, (view ?? metricsView(metrics)).schema as TSchema]),
);

const parts = {
  ...fields,
  sections: Type.Object(
    {},
    { additionalProperties: section, description: 'Of every part: when it was collected, how, or why not' },
  ),
  failure: nullable(failure),
  hops,
} satisfies TProperties;

const age = {
  stale: Type.Boolean({ description: 'Older than a snapshot of a host that is being sampled' }),
  ageSeconds: count,
};

export const snapshot = Type.Object({ ...parts, lastChecked: time, ...age });

/** What stands for a snapshot where there is none: every field, null. */
export const noSnapshot = Type.Object({
  ...problem.properties,
  ...parts,
  lastChecked: nullable(time),
  stale: Type.Literal(true),
  ageSeconds: Type.Null(),
});
