import type { Schema } from '../db/schema.ts';
import { channelSecretOf } from '../model/alerts/channel.ts';
import { heartbeatSecret } from '../model/alerts/heartbeat.ts';
import { destinationSecretOf } from '../model/export/destination.ts';
import { idTokenOf, signInSecret } from '../model/people/sign-in.ts';

/** A column that contains sealed texts, and what each is bound to, by the id of its row. */
export type SealedColumn = {
  readonly table: keyof Schema;
  readonly column: string;
  readonly boundTo: (id: string) => string;
};

const login = [
  ['password_sealed', 'password'],
  ['key_sealed', 'key'],
  ['key_password_sealed', 'keyPassword'],
  ['key_opened_sealed', 'keyOpened'],
] as const;

/** Every column that contains sealed texts: a start tries its key on them, and `sonde rotate-key` reseals them. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'sealing', column: 'check_sealed', boundTo: () => 'sealing:check' },
  { table: 'users', column: 'totp_sealed', boundTo: (id) => `user:${id}:totp` },
  { table: 'users', column: 'totp_pending', boundTo: (id) => `user:${id}:totp` },
  ...login.map(([column, field]) => of('hosts', column, 'host', field)),
  of('hosts', 'socks_password_sealed', 'host', 'socks5Password'),
  ...login.map(([column, field]) => of('credentials', column, 'credential', field)),
  { table: 'channels', column: 'config_sealed', boundTo: (id) => channelSecretOf(Number(id)) },
  { table: 'destinations', column: 'config_sealed', boundTo: (id) => destinationSecretOf(Number(id)) },
  { table: 'heartbeat', column: 'url_sealed', boundTo: () => heartbeatSecret },
  { table: 'sign_in_provider', column: 'config_sealed', boundTo: () => signInSecret },
  { table: 'sessions', column: 'id_token_sealed', boundTo: idTokenOf },
];

function of(table: keyof Schema, column: string, kind: string, field: string): SealedColumn {
  return { table, column, boundTo: (id) => `${kind}:${id}:${field}` };
}
