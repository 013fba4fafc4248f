import type { CredentialRow, Stored } from '../db/schema.ts';
import { badRequest, notFound } from '../lib/errors.ts';
import type { HostsContext, Viewer } from './access.ts';
import { readSecrets, requireObject, text } from './input.ts';
import { openLogin, requireUsable, sealSecrets } from './sealed.ts';

const kept = { password_sealed: null, key_sealed: null, key_password_sealed: null };

/** A credential as clients see it: never with a secret. */
export type CredentialView = Readonly<Record<string, unknown>> & { readonly id: number };

/** Logins that several hosts use. Each belongs to one user and is nobody else's to see. */
export function createCredentials({ db, sealer, clock, checkKey, changed }: HostsContext) {
  async function mine(user: Viewer, id: number): Promise<Stored<CredentialRow>> {
    const row = await db.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined || row.user_id !== user.id) throw notFound('Credential not found');
    return row as Stored<CredentialRow>;
  }

  function read(body: unknown, before: Readonly<Record<string, unknown>>) {
    const fields = { ...before, ...requireObject(body) };
    const authType = text(fields, 'authType', 20) || 'password';
    if (authType !== 'password' && authType !== 'key') throw badRequest('authType must be password or key');
    const name = text(fields, 'name', 200);
    if (name === '') throw badRequest('name is required');
    return { name, authType, username: text(fields, 'username', 100), secrets: readSecrets(requireObject(body)) };
  }

  return {
    async listCredentials(user: Viewer): Promise<readonly CredentialView[]> {
      return (
        await db.selectFrom('credentials').selectAll().where('user_id', '=', user.id).orderBy('id').execute()
      ).map(view);
    },
    getCredential: async (user: Viewer, id: number): Promise<CredentialView> => view(await mine(user, id)),
    async createCredential(user: Viewer, body: unknown): Promise<CredentialView> {
      const input = read(body, {});
      const now = clock.now();
      return db.transaction().execute(async (transaction) => {
        const inserted = await transaction
          .insertInto('credentials')
          .values({
            user_id: user.id,
            name: input.name,
            username: input.username,
            auth_type: input.authType,
            ...kept,
            extra: '{}',
            created_at: now,
            updated_at: now,
          })
          .executeTakeFirstOrThrow();
        const id = Number(inserted.insertId);
        const sealed = sealSecrets(sealer, 'credential', id, input.secrets, kept);
        requireUsable(
          openLogin(sealer, 'credential', id, { auth_type: input.authType, ...sealed }),
          input.authType,
          checkKey,
        );
        await transaction.updateTable('credentials').set(sealed).where('id', '=', id).execute();
        return view(
          (await transaction
            .selectFrom('credentials')
            .selectAll()
            .where('id', '=', id)
            .executeTakeFirstOrThrow()) as never,
        );
      });
    },
    async updateCredential(user: Viewer, id: number, body: unknown): Promise<CredentialView> {
      const row = await mine(user, id);
      const input = read(body, { name: row.name, username: row.username, authType: row.auth_type });
      const sealed = sealSecrets(sealer, 'credential', id, input.secrets, row);
      requireUsable(
        openLogin(sealer, 'credential', id, { auth_type: input.authType, ...sealed }),
        input.authType,
        checkKey,
      );
      await db
        .updateTable('credentials')
        .set({
          name: input.name,
          username: input.username,
          auth_type: input.authType,
          ...sealed,
          updated_at: clock.now(),
        })
        .where('id', '=', id)
        .execute();
      await changed();
      return view(await mine(user, id));
    },
    async removeCredential(user: Viewer, id: number): Promise<void> {
      await mine(user, id);
      await db.deleteFrom('credentials').where('id', '=', id).execute();
      await changed();
    },
  };
}

function view(row: Stored<CredentialRow>): CredentialView {
  return {
    id: row.id,
    name: row.name,
    username: row.username,
    authType: row.auth_type,
    hasPassword: row.password_sealed !== null,
    hasKey: row.key_sealed !== null,
    hasKeyPassword: row.key_password_sealed !== null,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}
