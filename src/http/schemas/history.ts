import Type from 'typebox';
import { gapReasons } from '../../history/gaps.ts';
import { retentionLimits } from '../../model/settings.ts';
import { nullable, text, time } from './common.ts';

const days = ({ min, max }: { readonly min: number; readonly max: number }, description: string) =>
  Type.Integer({ minimum: min, maximum: max, description });

export const historySettings = Type.Object({
  metricsHistoryRetentionDays: days(
    { min: 1, max: 90 },
    "Termix's setting: for so many days there is a point every five minutes at least",
  ),
  enabled: Type.Boolean({ description: 'History is kept, and hosts are sampled with nobody watching for it' }),
  rawDays: days(retentionLimits.rawDays, 'Samples as they came'),
  fiveMinuteDays: days(retentionLimits.fiveMinuteDays, 'Minimum, mean and maximum of every 5 minutes'),
  hourlyDays: days(retentionLimits.hourlyDays, 'Those of every hour'),
  maxBytes: nullable(
    Type.Integer({ minimum: retentionLimits.maxBytes.min, description: 'Null: a fifth of the file system' }),
  ),
  announced: Type.Boolean({
    description: 'False: Sonde was in use before it kept history, and no admin has been told of it yet',
  }),
});

const ms = Type.Integer({ description: 'ms since the epoch' });
const numbers = Type.Array(nullable(Type.Number()), { description: 'One a time; null where there was none' });
const labels = Type.Record(Type.String(), Type.String());
const columns = {
  mean: numbers,
  min: Type.Optional(Type.Array(nullable(Type.Number()), { description: 'Not of samples as they came' })),
  max: Type.Optional(Type.Array(nullable(Type.Number()), { description: 'Likewise' })),
};
const times = Type.Array(ms, {
  description: 'Of each value; with a resolution, where the time that it stands for begins',
});
const resolution = Type.Integer({ description: 'How long each value stands for, ms; 0: samples as they came' });
const used = Type.Array(Type.Object({ name: text, value: Type.Number() }));

export const hostHistory = Type.Object({
  hostId: Type.Integer(),
  enabled: Type.Boolean({ description: 'Whether history is on now' }),
  from: ms,
  to: ms,
  resolution,
  parts: Type.Array(Type.Object({ tier: Type.Enum(['head', 'raw', '5m', '1h']), from: ms, to: ms }), {
    description: 'What each part of it was read from: not in a file of its own yet, samples, 5 minutes, hours',
  }),
  truncated: Type.Integer({ description: 'How many series were left out, for there were too many' }),
  gaps: Type.Array(
    Type.Object({
      from: ms,
      to: ms,
      why: Type.Enum([...gapReasons]),
      cause: nullable(Type.Object({ stage: text, reason: text }, { description: 'How the host failed' })),
    }),
    { description: 'Where there are no numbers, and why' },
  ),
  events: Type.Array(Type.Object({}), { description: 'Nothing yet' }),
  top: Type.Array(Type.Object({ at: ms, cpu: used, memory: used }), {
    description: 'The processes that used most: CPU of one processor, bytes of memory. Only where it is asked for',
  }),
  times,
  series: Type.Array(Type.Object({ metric: text, labels, unit: text, ...columns })),
});

export const comparison = Type.Object({
  from: ms,
  to: ms,
  resolution,
  leftOut: Type.Integer({ description: 'How many lines are not among the highest' }),
  times,
  series: Type.Array(
    Type.Object({
      hostId: Type.Integer(),
      name: text,
      labels,
      unit: text,
      average: nullable(Type.Number({ description: 'The mean of all samples' })),
      highest: nullable(Type.Number()),
      ...columns,
    }),
  ),
});

const seconds = Type.Integer({ minimum: 0, description: 'Seconds' });
const share = nullable(Type.Number({ minimum: 0, maximum: 1, description: 'Up, of the time that is known' }));
export const availability = Type.Object({
  hostId: Type.Integer(),
  ratio: share,
  days: Type.Array(
    Type.Object({
      day: Type.String({ format: 'date' }),
      upSeconds: seconds,
      downSeconds: seconds,
      plannedSeconds: seconds,
      unknownSeconds: seconds,
      ratio: share,
    }),
  ),
});

const bytes = Type.Number({ description: 'Bytes' });
export const historyStorage = Type.Object({
  enabled: Type.Boolean(),
  status: Type.Enum(['off', 'reading', 'on', 'ended']),
  trouble: nullable(Type.Object({ reason: text, message: text })),
  tiers: Type.Array(
    Type.Object({
      tier: Type.Enum(['raw', '5m', '1h']),
      files: Type.Integer(),
      bytes,
      from: nullable(ms),
      to: nullable(ms),
      bytesPerHostDay: nullable(bytes),
    }),
  ),
  journalBytes: bytes,
  bytes,
  maxBytes: nullable(bytes),
  freeBytes: nullable(bytes),
  hosts: Type.Integer({ description: 'That were sampled in the last hour or two' }),
  dropped: Type.Integer({ description: 'Samples that were not kept, since the start' }),
  truncated: Type.Integer({ description: 'Series that were not kept, since the start' }),
  journalAgeSeconds: Type.Number(),
  lastError: nullable(Type.Object({ at: ms, message: text })),
  damaged: Type.Array(text, { description: 'Files that were set aside' }),
  estimate: Type.Object(
    {
      hosts: Type.Integer({ description: 'That have metrics' }),
      bytesPerHostDay: Type.Record(Type.String(), bytes, { description: 'By tier' }),
      isMeasured: Type.Boolean({ description: 'From what is stored of this fleet; else of a usual host' }),
      bytes,
    },
    { description: 'What all will take once the oldest is as old as the settings allow' },
  ),
});

const percentage = nullable(Type.Number({ minimum: 0, maximum: 100 }));
const counter = nullable(Type.Integer({ description: 'Bytes; only grows' }));
export const termixHistory = Type.Object({
  rows: Type.Array(
    Type.Object({
      ts: time,
      cpu_percent: percentage,
      mem_percent: percentage,
      disk_percent: percentage,
      net_rx_bytes: counter,
      net_tx_bytes: counter,
    }),
  ),
  fromTs: time,
  toTs: time,
});
