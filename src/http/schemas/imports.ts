import Type from 'typebox';
import { count, fields, nullable, text } from './common.ts';

const place = { file: text, line: Type.Integer({ minimum: 0, description: '0 where the format has no lines' }) };
const identity = {
  kind: Type.Enum(['key-file', 'credential']),
  name: Type.String({ description: 'The path of a private key as the file has it, or the name of a credential' }),
};
const skipped = Type.Array(Type.Object({ ...place, text, reason: text }), {
  description: 'What was not made a host, and why; at most 1,000',
});
const key = Type.String({ description: 'What the file calls it; to be named in `chosen`' });

/** What is sent to preview and to import. */
export const importBody = fields({
  format: 'ssh-config, ansible-ini, ansible-yaml, csv or json; found out when it is not sent',
  files: 'A list of {name, text}; names may be paths below ~/.ssh, by which Include finds them',
  text: 'In place of files: one text',
  defaults: '{folder, tags, username, credentialId} for hosts that have none of their own; tags are added',
  identities:
    'A list of {kind, name} as the preview gave them, each with the credentialId that stands for it, or with key (and keyPassword), which becomes a credential',
  chosen: 'Keys of the hosts to import; their jump hosts come with them. All when it is not sent',
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
      hostId: nullable(Type.Integer({ description: 'The host that is there already' })),
      jumpHosts: Type.Array(
        Type.Object({ name: text, hostId: Type.Optional(Type.Integer()), key: Type.Optional(text) }),
        { description: 'From Sonde outwards: hosts that are there, or others of this import' },
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
    description: 'Made of the keys that were given for identities',
  }),
  rest: Type.Array(Type.Object({ key, name: text, state: Type.Enum(['present', 'invalid']), reason: text }), {
    description: 'Wanted, and not created',
  }),
  skipped,
});
