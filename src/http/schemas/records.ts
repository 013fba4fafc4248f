import Type from 'typebox';
import { nullable, text, time } from './common.ts';
import { hostKeyPolicy } from './host-keys.ts';

const id = Type.Integer({ minimum: 1 });
const certificate = Type.Object(
  {
    keyType: text,
    keyId: text,
    serial: text,
    principals: Type.Array(text, {
      description: 'The users that may log in with it; empty: any that the server allows',
    }),
    validFrom: nullable(time),
    validUntil: nullable(time),
    authority: Type.String({ description: "The fingerprint of the CA's key" }),
  },
  { description: 'The contents of an OpenSSH certificate' },
);
const certified = {
  certificate: nullable(text),
  certificateInfo: nullable(certificate),
  agentKey: Type.String({ description: 'The one key of the SSH agent to use, as a fingerprint; empty: the first few' }),
};
const secrets = { hasPassword: Type.Boolean(), hasKey: Type.Boolean(), hasKeyPassword: Type.Boolean() };
const unreadable = Type.Optional(
  Type.Array(text, { description: 'Present if something stored cannot be read: what was left out' }),
);
const times = { createdAt: time, updatedAt: time };

export const host = Type.Object(
  {
    id,
    userId: Type.String({ description: 'The owner' }),
    level: Type.Enum(['view', 'manage']),
    name: text,
    ip: text,
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    username: text,
    authType: Type.Enum(['password', 'key', 'credential', 'agent', 'none']),
    connectionType: text,
    credentialId: nullable(id),
    folder: Type.Unknown(),
    tags: Type.Array(Type.Unknown()),
    pin: Type.Unknown(),
    jumpHosts: Type.Array(Type.Object({ hostId: id }), { description: 'From Sonde outwards' }),
    hasSocks5Password: Type.Boolean(),
    statsConfig: Type.Object({}),
    hostKeyPolicy: Type.Optional(nullable(hostKeyPolicy)),
    ...certified,
    ...secrets,
    ...times,
    unreadable,
  },
  { description: 'Plus any other fields that were sent; never a secret' },
);

export const credential = Type.Object(
  {
    id,
    name: text,
    username: text,
    authType: Type.Enum(['password', 'key', 'agent']),
    ...certified,
    ...secrets,
    ...times,
    unreadable,
  },
  { description: 'Plus any other fields that were sent; never a secret' },
);

const key = {
  id: text,
  name: text,
  userId: Type.String({ description: 'The user that the key belongs to' }),
  username: text,
  tokenPrefix: nullable(
    Type.String({ description: 'The beginning of its token; null for keys from before this was stored' }),
  ),
  createdAt: time,
  expiresAt: nullable(time),
  lastUsedAt: nullable(Type.String({ format: 'date-time', description: 'To the minute' })),
  isActive: Type.Boolean({ description: 'False once it has expired' }),
  scope: Type.Enum(['read', 'manage']),
  hostIds: nullable(Type.Array(id)),
  unreadable,
};
export const apiKey = Type.Object(key);
export const newApiKey = Type.Object({
  ...key,
  token: Type.String({ pattern: '^tmx_[0-9a-f]{64}$', description: 'Shown only this once; send it as Bearer token' }),
});

export const session = Type.Object({
  id: text,
  createdAt: time,
  expiresAt: time,
  address: text,
  userAgent: text,
  isCurrent: Type.Boolean(),
});

export const me = Type.Object({
  userId: text,
  username: text,
  is_admin: Type.Boolean(),
  is_oidc: Type.Literal(false),
  is_dual_auth: Type.Literal(false),
  totp_enabled: Type.Boolean(),
  data_unlocked: Type.Literal(true),
});

export const user = Type.Object({
  id: text,
  username: text,
  is_admin: Type.Boolean(),
  totp_enabled: Type.Boolean(),
  created_at: time,
});

const interval = Type.Integer({ minimum: 10, maximum: 3600, description: 'Seconds' });
export const settings = {
  statusCheckInterval: interval,
  metricsInterval: interval,
  collectAlways: Type.Boolean({ description: 'Also sample hosts that nobody is looking at' }),
  hostKeyPolicy,
  deniedNetworks: Type.Array(text, { description: 'Networks that non-admins cannot add hosts in' }),
  collectAlwaysChosen: Type.Boolean({ description: 'Whether an admin has ever set this' }),
};

const loggedIn = Type.Object({
  success: Type.Literal(true),
  is_admin: Type.Boolean(),
  username: text,
  token: Type.Optional(Type.String({ description: 'Only for clients that cannot keep the cookie' })),
});

const needsTotp = Type.Object({
  success: Type.Literal(true),
  requires_totp: Type.Literal(true),
  temp_token: text,
});

export const login = { done: loggedIn, doneOrCode: Type.Union([loggedIn, needsTotp]) };
