import type { CredentialRow, Database, Stored } from '../../db/schema.ts';
import { badRequest, notFound } from '../../lib/errors.ts';
import type { Viewer } from '../access/access.ts';
import { changing, requireCurrent } from '../changing.ts';
import type { HostsContext } from '../context.ts';
import type { Secrets } from '../fields/input.ts';
import { type CredentialView, credentialView, fieldsOf, readCredential } from './credential-fields.ts';
import type { LoginCheck } from './login-check.ts';
import { type KeptSecrets, noSecrets, sealSecrets } from './sealed.ts';

type Credential = Stored<CredentialRow>;

/** Logins that several hosts use. Each belongs to one user, and nobody else can see it. */
export class Credentials {
  readonly #context: HostsContext;
  readonly #logins: LoginCheck;

  constructor(context: HostsContext, logins: LoginCheck) {
    this.#context = context;
    this.#logins = logins;
  }

  async list(user: Viewer): Promise<readonly CredentialView[]> {
    const { db } = this.#context;
    const rows = await db.selectFrom('credentials').selectAll().where('user_id', '=', user.id).orderBy('id').execute();
    return rows.map(credentialView);
  }

  async get(user: Viewer, id: number): Promise<CredentialView> {
    return credentialView(await this.#mine(user, id));
  }

  async create(user: Viewer, body: unknown): Promise<CredentialView> {
    const { db, sealer, clock } = this.#context;
    const { shown, secrets: sent } = readCredential(user, body, {}, clock.now());
    const secrets = await this.#checked(user, 0, shown, sent, noSecrets);
    const id = await db.transaction().execute(async (transaction) => {
      const inserted = await transaction
        .insertInto('credentials')
        .values({ ...shown, ...noSecrets, user_id: user.id, created_at: shown.updated_at })
        .executeTakeFirstOrThrow();
      const made = Number(inserted.insertId);
      const sealed = sealSecrets(sealer, 'credential', made, secrets, noSecrets);
      await transaction.updateTable('credentials').set(sealed).where('id', '=', made).execute();
      return made;
    });
    return credentialView(await this.#mine(user, id));
  }

  /** The hosts that log in with a credential, whoever owns them. */
  async hostsWith(id: number): Promise<readonly number[]> {
    const { db } = this.#context;
    const rows = await db.selectFrom('hosts').select('id').where('credential_id', '=', id).execute();
    return rows.map((row) => row.id);
  }

  /** Changes a credential. What was learned about the logins of its hosts no longer applies. */
  async update(user: Viewer, id: number, body: unknown): Promise<CredentialView> {
    const { db, sealer, clock } = this.#context;
    return changing(async () => {
      const row = await this.#mine(user, id);
      const { shown, secrets: sent } = readCredential(user, body, fieldsOf(row), clock.now());
      const secrets = await this.#checked(user, id, shown, sent, row);
      const sealed = sealSecrets(sealer, 'credential', id, secrets, row);
      const relogin =
        Object.keys(secrets).length > 0 ||
        shown.username !== row.username ||
        shown.auth_type !== row.auth_type ||
        shown.agent_key !== row.agent_key;
      return db.transaction().execute(async (transaction) => {
        await requireCurrent(transaction, 'credentials', row);
        await transaction
          .updateTable('credentials')
          .set({ ...shown, ...sealed })
          .where('id', '=', id)
          .execute();
        if (relogin)
          await transaction
            .updateTable('hosts')
            .set({ interactive: 'unknown' })
            .where('credential_id', '=', id)
            .execute();
        return credentialView(await this.#mine(user, id, transaction));
      });
    });
  }

  /** Removes a credential; its hosts have no login until they get another one. */
  async remove(user: Viewer, id: number): Promise<void> {
    await this.#context.db.transaction().execute(async (transaction) => {
      await this.#mine(user, id, transaction);
      await transaction.updateTable('hosts').set({ interactive: 'unknown' }).where('credential_id', '=', id).execute();
      await transaction.deleteFrom('credentials').where('id', '=', id).execute();
    });
  }

  async #mine(user: Viewer, id: number, from: Database = this.#context.db): Promise<Credential> {
    const row = await from.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined || row.user_id !== user.id) throw notFound('Credential not found');
    return row as Credential;
  }

  /** What to write for what was sent. May take seconds: call it before a transaction, never in one. */
  async #checked(
    user: Viewer,
    id: number,
    shown: Pick<Credential, 'auth_type' | 'agent_key'>,
    sent: Secrets,
    kept: KeptSecrets,
  ): Promise<Secrets> {
    const hasPassword = sent.password === undefined ? kept.password_sealed !== null : sent.password !== null;
    if (shown.auth_type === 'password' && !hasPassword)
      throw badRequest('password is required when authType is password');
    return this.#logins.checkLogin(user.id, { kind: 'credential', id, shown, secrets: sent, kept });
  }
}
