import type { Database, HostRow, Stored } from '../../db/schema.ts';
import { badRequest, forbidden } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import { HostAccess, type Viewer } from '../access/access.ts';
import { createJumpHosts, jumpHostIds } from '../access/jump-hosts.ts';
import type { HostInput } from '../fields/input.ts';
import { proxiesOf } from '../fields/proxies.ts';
import { hopsOf, isRedirected } from './redirect.ts';

/** Where everything that a decision depends on is read: the database, or the transaction that writes the result. */
export type Source = { readonly db: Database; readonly access: HostAccess };

/** Reads everything again, in a transaction. */
export function sourceIn(transaction: Database): Source {
  return { db: transaction, access: new HostAccess(transaction) };
}

/**
 * Throws unless the user may change a record to this, or create it (`before` is null): 403, 404, or 400 for what it
 * refers to. Called before slow work, and again in the transaction that writes it.
 */
export async function requirePermitted(
  source: Source,
  user: Viewer,
  before: Stored<HostRow> | null,
  input: HostInput,
): Promise<void> {
  const { db, access } = source;
  const jumps = createJumpHosts(db, access);
  const id = before?.id ?? null;
  if (id !== null) await access.require(user, id, 'manage');
  if (input.credentialId !== before?.credential_id) await requireCredential(db, user, input);
  const extra = before === null ? {} : (storedObject(before.extra) ?? {});
  if (before === null || hopsOf(input.extra) !== hopsOf(extra)) {
    const hasProxies = proxiesOf(input.extra).length > 0;
    await jumps.requireJumpHosts(user, before?.user_id ?? user.id, id, jumpHostIds(input.extra), hasProxies);
  }
  if (before !== null && before.user_id !== user.id && isRedirected(before, input))
    await jumps.requireNobodyBehind(user, before.id);
}

/** Throws 400 or 403 unless the user may give a host the credential named in a body. */
export async function requireCredential(db: Database, user: Viewer, { credentialId }: HostInput): Promise<void> {
  if (credentialId === null) return;
  if (user.onlyHosts) throw forbidden('This API key is limited to some hosts, so it cannot give them a credential');
  if ((await ownerOfCredential(db, credentialId)) !== user.id)
    throw badRequest('credentialId names no credential of yours');
}

/** The owner of a credential; undefined if there is none. */
export async function ownerOfCredential(db: Database, id: number | null): Promise<string | undefined> {
  if (id === null) return undefined;
  return (await db.selectFrom('credentials').select('user_id').where('id', '=', id).executeTakeFirst())?.user_id;
}
