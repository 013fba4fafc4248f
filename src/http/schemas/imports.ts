import Type from 'typebox';
import { count, fields, nullable, text } from './common.ts';

const place = { file: text, line: Type.Integer({ minimum: 0, description: '0 if the format has no lines' }) };
const identity = {
  kind: Type.Enum(['key-file', 'credential']),
  name: Type.String({ description: 'The path of a private key as written in the file, or the name of a credential' }),
};
const skipped = Type.Array(Type.Object({ ...place, text, reason: text }), {
  description: 'What did not become a host, and why; at most 1,000',
});
const key = Type.String({ description: 'Its name in the file; use it in `chosen`' });

/** What is sent to preview and to import. */
export const importBody = fields({
  format: 'ssh-config, ansible-ini, ansible-yaml, csv or json; detected if not sent',
  files: 'A list of {name, text}; names may be paths below ~/.ssh, by which Include finds them',
  text: 'Instead of files: one text',
  defaults: '{folder, tags, username, credentialId} for hosts without their own; tags are added',
  identities:
    'A list of {kind, name} as in the preview, each with the credentialId to use, or with a key (and keyPassword) that becomes a credential',
  chosen: 'Keys of the hosts to import, together with their jump hosts; all if not sent',
});

export const importPreview = Type.Object({
  format: text,
  hosts: Type.Array(
    Type.Object({
      ...place,
      key,
      name: text,
      ip: text,
      port: Type.Integer(),
      username: text,
      folder: text,
      tags: Type.Array(text),
      login: Type.Enum(['password', 'key', 'credential', 'agent', 'none']),
      identity: nullable(Type.Object(identity)),
      warnings: Type.Array(text),
      state: Type.Enum(['new', 'present', 'invalid']),
      reason: nullable(text),
      hostId: nullable(Type.Integer({ description: 'The existing host' })),
      jumpHosts: Type.Array(
        Type.Object({ name: text, hostId: Type.Optional(Type.Integer()), key: Type.Optional(text) }),
        { description: 'From Sonde outwards: existing hosts, or others of this import' },
      ),
      proxies: Type.Array(text, { description: 'From Sonde outwards, before any jump host: type and address' }),
    }),
  ),
  skipped,
  identities: Type.Array(
    Type.Object({
      ...identity,
      hosts: count,
      credentialId: nullable(Type.Integer({ description: 'The saved credential of the same name' })),
    }),
  ),
});

export const importResult = Type.Object({
  created: Type.Array(Type.Object({ id: Type.Integer(), key, name: text })),
  credentials: Type.Array(Type.Object({ id: Type.Integer(), name: text }), {
    description: 'Created from the keys that were given for identities',
  }),
  rest: Type.Array(Type.Object({ key, name: text, state: Type.Enum(['present', 'invalid']), reason: text }), {
    description: 'Chosen, but not created',
  }),
  skipped,
});
