import Type from 'typebox';
import { holdKinds } from '../../ports/holds.ts';
import { connectionLogs, failure, nullable, success, text, time } from './common.ts';

/** What Sonde does not try on a host for now. */
export const hold = Type.Object({
  what: Type.Enum([...holdKinds], {
    description: [
      'connect: connections in the background; login: the login of the host; shared: a login that other hosts also use; ',
      'proxy: the login of its proxies; sudo',
    ].join(''),
  }),
  since: Type.String({ ...time, description: 'When it was first refused' }),
  until: nullable(
    Type.String({ description: 'When Sonde retries by itself; null: not until a person does something' }),
  ),
  failure,
});

/** A start that worked, or a code answered right. */
export const started = success({
  status: Type.Literal('success'),
  viewerSessionId: nullable(Type.String({ description: 'Send it with heartbeats; null: there are too many viewers' })),
  connectionLogs,
});

/** A start at a host that asks for a code. */
export const asked = Type.Object({
  requires_totp: Type.Literal(true),
  requiresTOTP: Type.Literal(true, { description: 'The same, for the newest clients' }),
  success: Type.Literal(false),
  sessionId: Type.String({ description: 'For connect-totp' }),
  prompt: text,
  connectionLogs,
});

/** The closing event of a connection test. */
export const testResult = Type.Object({
  outcome: Type.Enum(['ok', 'needs-code', 'failed']),
  failure: nullable(failure),
  retryAt: Type.Optional(nullable(time)),
  hostKey: nullable(Type.Object({ algorithm: text, fingerprint: text })),
  summary: nullable(
    Type.Object({
      hostname: nullable(text),
      os: nullable(text),
      kernel: nullable(text),
      cores: nullable(Type.Integer()),
      memoryTotalBytes: nullable(Type.Integer()),
      uptimeSeconds: nullable(Type.Number()),
    }),
  ),
  sectionErrors: Type.Array(Type.Object({ section: text, reason: text, message: text, hint: text })),
});

/** One process, with more of its command line than a snapshot has. */
export const process = Type.Object({
  pid: text,
  user: nullable(text),
  command: Type.String({ description: 'The whole command line, at most 4000 characters' }),
});

export const sudoers = Type.Object({
  user: Type.String({ description: 'The login of the host' }),
  file: nullable(
    Type.String({ description: 'What to keep as /etc/sudoers.d/sonde; null: sudoers cannot hold a user of this name' }),
  ),
  isOn: Type.Boolean({ description: 'Whether Sonde uses sudo on this host' }),
});
