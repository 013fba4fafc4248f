import type { CredentialRow, Stored } from '../../db/schema.ts';
import { badRequest } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import type { Viewer } from '../access/access.ts';
import { readAgentKey, requireAgentPermitted } from '../fields/agent-key.ts';
import { computedOfCredential } from '../fields/computed.ts';
import { readExtra } from '../fields/extra.ts';
import { readSecrets, requireObject, text, word } from '../fields/input.ts';
import { shownLogin } from './certificate-view.ts';

type Credential = Stored<CredentialRow>;

const columns = new Set<string>([
  ...computedOfCredential,
  'name',
  'username',
  'authType',
  'password',
  'key',
  'keyPassword',
  'certificate',
  'agentKey',
]);
const authTypes = ['password', 'key', 'agent'];

/** A credential as clients see it: never with a secret. */
export type CredentialView = Readonly<Record<string, unknown>> & { readonly id: number };

/**
 * A body that creates or changes a credential: its columns without secrets, and the secrets in it. `before` supplies
 * the fields that it does not mention; `now`: ms since the epoch. Throws 400.
 */
export function readCredential(user: Viewer, body: unknown, before: Readonly<Record<string, unknown>>, now: number) {
  const sent = requireObject(body);
  const fields = { ...before, ...sent };
  const authType = word(fields, 'authType', authTypes) || 'password';
  if (authType === 'agent') requireAgentPermitted(user.isAdmin);
  const name = text(fields, 'name', 200);
  if (name === '') throw badRequest('name is required');
  const extra = JSON.stringify(readExtra(fields, columns));
  const shown = {
    name,
    username: text(fields, 'username', 100),
    auth_type: authType,
    agent_key: authType === 'agent' ? readAgentKey(text(fields, 'agentKey', 16_384)) : '',
    extra,
    updated_at: now,
  };
  return { shown, secrets: readSecrets(sent) };
}

/** The fields of a saved credential, in the form of a body. */
export function fieldsOf(row: Credential): Record<string, unknown> {
  return {
    ...storedObject(row.extra),
    name: row.name,
    username: row.username,
    authType: row.auth_type,
    agentKey: row.agent_key,
  };
}

/**
 * A credential for clients. Never throws, whatever the database contains: what cannot be read is left out, and
 * `unreadable` names it.
 */
export function credentialView(row: Credential): CredentialView {
  const login = shownLogin(row);
  const unreadable = [
    ...(storedObject(row.extra) === null ? ['extra'] : []),
    ...(row.certificate !== null && login.certificate === null ? ['certificate'] : []),
  ];
  return {
    ...fieldsOf(row),
    id: row.id,
    ...login,
    ...(unreadable.length > 0 ? { unreadable } : {}),
  };
}
