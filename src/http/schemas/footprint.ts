import Type from 'typebox';
import { count, nullable, number, time } from './common.ts';

const day = Type.Object({
  day: Type.String({ format: 'date', description: 'UTC' }),
  since: Type.String({ ...time, description: 'When counting began: at midnight, or when Sonde started' }),
  connections: Type.Integer({ minimum: 0, description: 'To the SSH port, without pings' }),
  connectionReasons: Type.Array(
    Type.Object({
      why: Type.Enum(['first', 'settings', 'person', 'watched', 'lost', 'retry'], {
        description:
          'first since the start of Sonde; settings changed; a person asked; watched again; the previous one was lost; retry after a failure',
      }),
      after: nullable(Type.String({ description: 'For a retry: stage/reason of the failure before it' })),
      count,
    }),
  ),
  logins: count,
  refusedLogins: Type.Integer({ minimum: 0, description: 'Passwords, keys and answers that the host refused' }),
  pings: count,
  samples: count,
  receivedBytes: count,
  sentBytes: count,
  hostCpuSeconds: nullable(
    Type.Number({ ...number, description: 'Used by the sampler and its commands, as the host counts it' }),
  ),
  logLines: Type.Integer({
    minimum: 0,
    description: 'Lines in the log of sshd, computed by the rule in docs/rate-limits.md',
  }),
});

export const footprint = Type.Object({ today: day, yesterday: nullable(day) });
