import Type from 'typebox';
import { retentionLimits } from '../../ports/history-store.ts';
import { nullable } from './common.ts';

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
