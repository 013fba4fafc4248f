import Type from 'typebox';
import { auditActions } from '../../model/people/audit.ts';
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
const level = Type.Enum(['view', 'manage']);
const flag = Type.Optional(Type.Boolean());
const seconds = Type.Optional(Type.Integer({ minimum: 10, maximum: 3600, description: 'Seconds' }));

const proxy = Type.Object({
  type: Type.Union([Type.Literal(4), Type.Literal(5), Type.Literal('http')], { description: '4 and 5 are SOCKS' }),
  host: text,
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  username: text,
  hasPassword: Type.Boolean(),
});

const statsConfig = Type.Object(
  {
    statusCheckEnabled: flag,
    statusCheckInterval: seconds,
    useGlobalStatusInterval: flag,
    metricsEnabled: flag,
    metricsInterval: seconds,
    useGlobalMetricsInterval: flag,
    disableTcpPing: flag,
    collectAlways: Type.Optional(nullable(Type.Boolean())),
    sudo: flag,
    legacyAlgorithms: flag,
    monitoredMounts: Type.Optional(nullable(Type.Array(Type.Object({ path: text, label: Type.Optional(text) })))),
    excludedMounts: Type.Optional(nullable(Type.Array(text))),
  },
  { description: 'As it was sent: fields that were not sent are missing' },
);

export const host = Type.Object(
  {
    id,
    userId: Type.String({ description: 'The owner' }),
    level,
    name: text,
    ip: text,
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    username: text,
    authType: Type.Enum(['password', 'key', 'credential', 'agent', 'none']),
    connectionType: text,
    credentialId: nullable(id),
    folder: text,
    tags: Type.Array(text),
    pin: Type.Unknown({ description: 'True, if it comes first in lists' }),
    jumpHosts: Type.Optional(
      Type.Array(Type.Object({ hostId: id }), {
        description: 'From Sonde outwards. Missing, as the fields of proxies are, for users who may only view the host',
      }),
    ),
    dependsOn: Type.Optional(Type.Array(id, { description: 'At most 10 hosts without which it does not work' })),
    useSocks5: flag,
    socks5Host: Type.Optional(text),
    socks5Port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    socks5Username: Type.Optional(text),
    hasSocks5Password: Type.Boolean(),
    socks5ProxyChain: Type.Optional(Type.Array(proxy, { description: 'From Sonde outwards' })),
    statsConfig,
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

const identity = Type.Object(
  {
    issuer: text,
    subject: text,
    name: Type.String({ description: 'As the provider called them last; empty: not told' }),
    email: text,
    linkedAt: time,
    lastUsedAt: nullable(time),
  },
  { description: 'The person of the provider who can sign in as this user' },
);

export const me = Type.Object({
  userId: text,
  username: text,
  is_admin: Type.Boolean(),
  is_oidc: Type.Boolean({ description: 'Whether they can sign in with the provider' }),
  is_dual_auth: Type.Boolean({ description: 'Whether they can do so and also log in with a password' }),
  totp_enabled: Type.Boolean(),
  data_unlocked: Type.Literal(true),
});

export const user = Type.Object({
  id: text,
  username: text,
  is_admin: Type.Boolean(),
  is_oidc: me.properties.is_oidc,
  is_dual_auth: me.properties.is_dual_auth,
  totp_enabled: Type.Boolean(),
  created_at: time,
  has_password: Type.Boolean(),
  identity: nullable(identity),
});

const interval = Type.Integer({ minimum: 10, maximum: 3600, description: 'Seconds' });
export const settings = {
  statusCheckInterval: interval,
  metricsInterval: interval,
  collectAlways: Type.Boolean({ description: 'Also sample hosts that nobody is looking at' }),
  hostKeyPolicy,
  deniedNetworks: Type.Array(text, { description: 'Networks that non-admins cannot add hosts in' }),
  canaries: Type.Array(text, { description: 'Places that answer while the network of Sonde works' }),
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

export const share = Type.Object({ userId: text, username: text, level });

const auditEntry = Type.Object({
  id: Type.Integer(),
  at: time,
  action: Type.Enum([...auditActions]),
  userId: nullable(text),
  username: Type.String({ description: 'Empty: Sonde itself, or an unknown person' }),
  hostId: nullable(Type.Integer()),
  target: Type.String({ description: 'Name of what it was done to' }),
  details: Type.Object({}),
  address: text,
  via: Type.String({ description: 'session, api key NAME, or sonde' }),
});
export const auditPage = Type.Object({ entries: Type.Array(auditEntry), next: nullable(Type.Integer()) });
