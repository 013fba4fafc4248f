import type { Database, HostRow, Stored } from '../../db/schema.ts';
import { badRequest, forbidden } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import { HostAccess, type Viewer } from '../access/access.ts';
import { createJumpHosts, jumpHostIds } from '../access/jump-hosts.ts';
import { dependsOnIds } from '../fields/extra.ts';
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
  await requireDependsOn(db, access, user, before, dependsOnIds(input.extra));
  if (before !== null && before.user_id !== user.id && isRedirected(before, input))
    await jumps.requireNobodyBehind(user, before.id);
}

/**
 * Throws 400 unless the user and the host's owner may see what it newly depends on, and that does not in turn depend on it.
 * Unknown hosts and those of others get the same answer.
 */
async function requireDependsOn(
  db: Database,
  access: HostAccess,
  user: Viewer,
  before: Stored<HostRow> | null,
  ids: readonly number[],
): Promise<void> {
  const known = dependsOnIds(before === null ? {} : (storedObject(before.extra) ?? {}));
  if (ids.every((id) => known.includes(id))) return;
  const mine = await access.levelsOf(user);
  const owners = await access.levelsOf({ id: before?.user_id ?? user.id, isAdmin: false });
  for (const id of ids) {
    if (id === before?.id) throw badRequest('A host cannot depend on itself');
    if (!known.includes(id) && !(mine.has(id) && owners.has(id)))
      throw badRequest(`dependsOn: there is no host ${id} that you and the owner of this host may see`);
  }
  if (before === null) return;
  const seen = new Set<number>();
  for (let next = ids; next.length > 0; ) {
    const rows = await db.selectFrom('hosts').select(['id', 'extra']).where('id', 'in', next).execute();
    for (const { id } of rows) seen.add(id);
    next = rows.flatMap(({ extra }) => dependsOnIds(storedObject(extra) ?? {})).filter((id) => !seen.has(id));
    if (next.includes(before.id))
      throw badRequest('dependsOn leads in a circle: one of these hosts depends on this one');
  }
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
