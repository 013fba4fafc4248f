import Type from 'typebox';
import { count, nullable, number, time } from './common.ts';

const day = Type.Object({
  day: Type.String({ format: 'date', description: 'UTC' }),
  since: Type.String({ ...time, description: 'Counted since then: midnight, or when Sonde started' }),
  connections: Type.Integer({ minimum: 0, description: 'To the SSH port, pings left out' }),
  connectionReasons: Type.Array(
    Type.Object({
      why: Type.Enum(['first', 'settings', 'person', 'watched', 'lost', 'retry'], {
        description:
          'first since Sonde runs; settings changed; a person asked; watched again; the one before was lost; retry after a failure',
      }),
      after: nullable(Type.String({ description: 'stage/reason of the failure that a retry came after' })),
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
    Type.Number({ ...number, description: "Used by the sampler and its commands, by the host's own count" }),
  ),
  logLines: Type.Integer({
    minimum: 0,
    description: 'In the log of sshd, computed by the rule of docs/rate-limits.md',
  }),
});

export const footprint = Type.Object({ today: day, yesterday: nullable(day) });
