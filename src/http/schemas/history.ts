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
  enabled: Type.Boolean({ description: 'Whether history is stored, and hosts are sampled with nobody watching' }),
  rawDays: days(retentionLimits.rawDays, 'Days that every sample is kept'),
  fiveMinuteDays: days(
    retentionLimits.fiveMinuteDays,
    'Days that minimum, mean and maximum of every 5 minutes are kept',
  ),
  hourlyDays: days(retentionLimits.hourlyDays, 'Days that minimum, mean and maximum of every hour are kept'),
  maxBytes: nullable(
    Type.Integer({
      minimum: retentionLimits.maxBytes.min,
      description: 'The most that all files may take, bytes. Null: a fifth of the file system',
    }),
  ),
  announced: Type.Boolean({
    description: 'False: Sonde was in use before it had history, and no admin has been told about it yet',
  }),
});

const ms = Type.Integer({ description: 'ms since the epoch' });
const numbers = Type.Array(nullable(Type.Number()), { description: 'One value per time; null where there was none' });
const labels = Type.Record(Type.String(), Type.String());
const columns = {
  mean: numbers,
  min: Type.Optional(
    Type.Array(nullable(Type.Number()), { description: 'One value per time. Absent if resolution is 0' }),
  ),
  max: Type.Optional(
    Type.Array(nullable(Type.Number()), { description: 'One value per time. Absent if resolution is 0' }),
  ),
};
const times = Type.Array(ms, {
  description: 'The time of each value, ms since the epoch. With a resolution: when the time that it stands for begins',
});
const resolution = Type.Integer({ description: 'How long each value stands for, ms. 0: the samples as they came' });
const used = Type.Array(Type.Object({ name: text, value: Type.Number() }));

export const hostHistory = Type.Object({
  hostId: Type.Integer(),
  enabled: Type.Boolean({ description: 'Whether history is on now' }),
  from: ms,
  to: ms,
  resolution,
  parts: Type.Array(Type.Object({ tier: Type.Enum(['head', 'raw', '5m', '1h']), from: ms, to: ms }), {
    description: 'What each part of the span was read from: memory (head), samples (raw), 5 minutes or hours',
  }),
  truncated: Type.Integer({ description: 'How many series were left out because there were too many' }),
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
    description: 'The processes that used most: CPU as a share of one processor, memory in bytes. Only with top=1',
  }),
  times,
  series: Type.Array(Type.Object({ metric: text, labels, unit: text, ...columns })),
});

export const comparison = Type.Object({
  from: ms,
  to: ms,
  resolution,
  leftOut: Type.Integer({ description: 'How many lines were left out because they are not among the highest' }),
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
const share = nullable(
  Type.Number({ minimum: 0, maximum: 1, description: 'The share of the known time in which the host was up' }),
);
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
  hosts: Type.Integer({ description: 'Hosts that were sampled in the last hour or two' }),
  dropped: Type.Integer({ description: 'Samples that were not kept, since the start' }),
  truncated: Type.Integer({ description: 'Series that were not kept, since the start' }),
  journalAgeSeconds: Type.Number(),
  lastError: nullable(Type.Object({ at: ms, message: text })),
  damaged: Type.Array(text, { description: 'Files that were set aside' }),
  estimate: Type.Object(
    {
      hosts: Type.Integer({ description: 'Hosts that have metrics switched on' }),
      bytesPerHostDay: Type.Object({ raw: bytes, '5m': bytes, '1h': bytes }, { description: 'By tier' }),
      isMeasured: Type.Boolean({ description: 'True: from what is stored of this fleet. False: from a typical host' }),
      bytes,
    },
    {
      description:
        'Bytes that everything will take once the oldest data is as old as the settings allow; from the second year on, up to a year of hourly summaries more',
    },
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
