import type { Database, HostRow, Stored } from '../../db/schema.ts';
import { notFound } from '../../lib/errors.ts';
import type { Viewer } from '../access/access.ts';
import { type HostInput, readHostInput } from '../fields/input.ts';
import type { LoginCheck } from '../logins/login-check.ts';
import { type KeptHostSecrets, noHostSecrets } from '../logins/sealed.ts';
import { ownerOfCredential, requirePermitted, type Source } from './permitted.ts';
import { keptSecrets } from './redirect.ts';
import { fieldsOf, type HostView, viewOf } from './view.ts';

type Host = Stored<HostRow>;

/** Derives a change from the host's current state. */
export type BodyOf = (before: HostView) => Readonly<Record<string, unknown>>;

/** A body that changes a saved host, checked: the row it was checked against, and the secrets that stay. */
export type CheckedChange = { readonly before: Host; readonly input: HostInput; readonly kept: KeptHostSecrets };

/** The row of a host. Throws 404. */
export async function rowOf(db: Database, id: number): Promise<Host> {
  const found = await db.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst();
  if (found === undefined) throw notFound('Host not found');
  return found as Host;
}

/**
 * Reads bodies that create or change a host, and checks everything about them: the fields, what the user may do, and
 * the login. May take seconds because it opens keys: call it before a transaction, never in one.
 */
export function createBodies(source: Source, { checkLogin }: LoginCheck) {
  async function withLogin(user: Viewer, id: number, input: HostInput, kept: KeptHostSecrets): Promise<HostInput> {
    // Hosts of other types need no login.
    const auth_type = input.connectionType === 'ssh' ? input.authType : 'none';
    const shown = { auth_type, agent_key: input.agentKey };
    return { ...input, secrets: await checkLogin(user.id, { kind: 'host', id, shown, secrets: input.secrets, kept }) };
  }

  return {
    /** A body that creates a host. Throws 400 or 403. */
    async readNew(user: Viewer, body: unknown): Promise<HostInput> {
      const input = readHostInput(body, {}, user.isAdmin);
      await requirePermitted(source, user, null, input);
      return withLogin(user, 0, input, noHostSecrets);
    },
    /** A body that changes a saved host, or a function that derives it ({@link BodyOf}). Throws 400, 403 or 404. */
    async readChange(user: Viewer, id: number, sent: unknown): Promise<CheckedChange> {
      await source.access.require(user, id, 'manage');
      const before = await rowOf(source.db, id);
      const body = typeof sent === 'function' ? (sent as BodyOf)(viewOf(before, 'manage')) : sent;
      // A key that is limited to some hosts cannot turn one into the machine that Sonde runs on, or use its agent.
      const input = readHostInput(body, fieldsOf(before), user.isAdmin && !user.onlyHosts);
      await requirePermitted(source, user, before, input);
      const kept = keptSecrets(user, before, input, await ownerOfCredential(source.db, input.credentialId));
      return { before, input: await withLogin(user, id, input, kept), kept };
    },
  };
}

export type Bodies = ReturnType<typeof createBodies>;
