import Type from 'typebox';
import { count, failure, nullable, number, text, time } from './common.ts';

const percent = nullable(Type.Number({ minimum: 0, description: '0…100' }));
const rate = nullable(Type.Number({ description: 'Bytes per second over the physical interfaces' }));

const row = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  name: text,
  address: text,
  folder: text,
  tags: Type.Array(text),
  status: Type.Enum(['online', 'offline', 'unknown'], { description: 'unknown: not checked yet' }),
  since: nullable(time),
  lastChecked: nullable(time),
  failure: nullable(failure),
  sampledAt: nullable(time),
  cpuPercent: percent,
  memoryPercent: percent,
  uptimeSeconds: nullable(count),
  receivedBps: rate,
  sentBps: rate,
  diskPercent: percent,
  diskMount: nullable(Type.String({ description: 'The fullest of the displayed file systems' })),
  load1: nullable(number),
  load5: nullable(number),
  load15: nullable(number),
  stale: Type.Boolean({ description: 'The status is from before the route broke, or the numbers are old' }),
  ageSeconds: nullable(count),
});

/** Every host that the user may see, in the order of their ids. */
export const fleet = Type.Object({
  counts: Type.Object({ total: count, online: count, offline: count, unknown: count, stale: count }),
  hosts: Type.Array(row),
});
