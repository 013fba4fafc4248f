import Type from 'typebox';
import { hostKeyPolicies, keyEventKinds } from '../../model/connection/host-key.ts';
import { count, nullable, text, time } from './common.ts';

const id = Type.Integer({ minimum: 1 });
const fingerprint = Type.String({ description: 'SHA256:… as OpenSSH prints it' });
const host = { hostId: id, hostName: text, address: text };
const level = Type.Enum(['view', 'manage']);
const key = { algorithm: text, fingerprint, firstSeen: time };
const pinned = { ...key, source: Type.Enum(['first-sight', 'known-hosts', 'accepted', 'announced']) };
const pending = { ...key, why: Type.Enum(['changed', 'unknown-key']), lastSeen: time };

/** What to do with an unknown key. */
export const hostKeyPolicy = Type.Enum([...hostKeyPolicies], {
  description: 'What to do with an unknown key: first-sight pins it, known-only waits until somebody accepts it',
});

export const pinnedKey = Type.Object({ ...host, ...pinned });
export const pendingKey = Type.Object({ ...host, ...pending, level });
export const hostKeys = Type.Object({
  ...host,
  level,
  policy: hostKeyPolicy,
  pinned: Type.Array(Type.Object(pinned)),
  pending: nullable(Type.Object(pending, { description: 'Refused, and waiting to be accepted' })),
  events: Type.Array(
    Type.Object({
      at: time,
      kind: Type.Enum([...keyEventKinds]),
      algorithm: text,
      fingerprint,
      by: nullable(Type.String({ description: 'Who did it; null: it happened by itself' })),
    }),
    { description: 'Newest first, at most 200' },
  ),
});

const line = {
  marker: Type.Enum(['key', 'cert-authority', 'revoked']),
  names: Type.String({ description: 'Patterns separated by commas, or one hashed name' }),
  algorithm: text,
  fingerprint,
  comment: text,
};
const effect = Type.Enum(['pins', 'known', 'differs', 'kept', 'certifies', 'revokes', 'view-only'], {
  description:
    'differs: another key of this type is pinned and stays; kept: stored for the first connection; view-only: you may not manage this host',
});

export const knownHostsImport = Type.Object({
  lines: Type.Array(Type.Object({ line: id, ...line, hosts: Type.Array(Type.Object({ id, name: text, effect })) })),
  skipped: Type.Array(Type.Object({ line: id, reason: text })),
  pinned: count,
  kept: Type.Integer({ minimum: 0, description: 'New lines stored for hosts that are added later' }),
});
export const knownHostsLine = Type.Object({ id, ...line, isEverybodys: Type.Boolean(), addedAt: time });
