import type { CredentialRow, Database, Stored } from '../../db/schema.ts';
import { badRequest, notFound } from '../../lib/errors.ts';
import { storedObject, storedTime } from '../../lib/stored.ts';
import type { Viewer } from '../access/access.ts';
import { changing, requireCurrent } from '../changing.ts';
import type { HostsContext } from '../context.ts';
import { readAgentKey, requireAgentPermitted } from '../fields/agent-key.ts';
import { computedOfCredential } from '../fields/computed.ts';
import { readExtra } from '../fields/extra.ts';
import { readSecrets, requireObject, type Secrets, text, word } from '../fields/input.ts';
import { certificateView } from './certificate-view.ts';
import type { LoginCheck } from './login-check.ts';
import { type KeptSecrets, noSecrets, sealSecrets } from './sealed.ts';

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

/** Logins that several hosts use. Each belongs to one user and is nobody else's to see. */
export function createCredentials({ db, sealer, clock }: HostsContext, { checkLogin }: LoginCheck) {
  async function mine(user: Viewer, id: number, from: Database = db): Promise<Credential> {
    const row = await from.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined || row.user_id !== user.id) throw notFound('Credential not found');
    return row as Credential;
  }

  function read(user: Viewer, body: unknown, before: Readonly<Record<string, unknown>>) {
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
      updated_at: clock.now(),
    };
    return { shown, secrets: readSecrets(sent) };
  }

  /** What is to be written of what was sent. May take seconds: for before a transaction, never in one. */
  async function checked(
    user: Viewer,
    id: number,
    shown: Pick<Credential, 'auth_type' | 'agent_key'>,
    sent: Secrets,
    kept: KeptSecrets,
  ): Promise<Secrets> {
    const hasPassword = sent.password === undefined ? kept.password_sealed !== null : sent.password !== null;
    if (shown.auth_type === 'password' && !hasPassword)
      throw badRequest('password is required when authType is password');
    return checkLogin(user.id, { kind: 'credential', id, shown, secrets: sent, kept });
  }

  return {
    async list(user: Viewer): Promise<readonly CredentialView[]> {
      const rows = await db
        .selectFrom('credentials')
        .selectAll()
        .where('user_id', '=', user.id)
        .orderBy('id')
        .execute();
      return rows.map(view);
    },
    get: async (user: Viewer, id: number): Promise<CredentialView> => view(await mine(user, id)),
    async create(user: Viewer, body: unknown): Promise<CredentialView> {
      const { shown, secrets: sent } = read(user, body, {});
      const secrets = await checked(user, 0, shown, sent, noSecrets);
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
      return view(await mine(user, id));
    },
    /** The hosts, whoever owns them, that log in with a credential. */
    async hostsWith(id: number): Promise<readonly number[]> {
      const rows = await db.selectFrom('hosts').select('id').where('credential_id', '=', id).execute();
      return rows.map((row) => row.id);
    },
    /** Changes a credential. What was learned of the logins of the hosts that use it holds no longer. */
    async update(user: Viewer, id: number, body: unknown): Promise<CredentialView> {
      return changing(async () => {
        const row = await mine(user, id);
        const { shown, secrets: sent } = read(user, body, fieldsOf(row));
        const secrets = await checked(user, id, shown, sent, row);
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
          return view(await mine(user, id, transaction));
        });
      });
    },
    /** Removes a credential; the hosts that used it have none until they are given another. */
    async remove(user: Viewer, id: number): Promise<void> {
      await db.transaction().execute(async (transaction) => {
        await mine(user, id, transaction);
        await transaction
          .updateTable('hosts')
          .set({ interactive: 'unknown' })
          .where('credential_id', '=', id)
          .execute();
        await transaction.deleteFrom('credentials').where('id', '=', id).execute();
      });
    },
  };
}

function fieldsOf(row: Credential): Record<string, unknown> {
  return {
    ...storedObject(row.extra),
    name: row.name,
    username: row.username,
    authType: row.auth_type,
    agentKey: row.agent_key,
  };
}

/** Never throws, whatever is in the database: what cannot be read is left out, and `unreadable` names it. */
function view(row: Credential): CredentialView {
  const certificateInfo = certificateView(row.certificate);
  const unreadable = [
    ...(storedObject(row.extra) === null ? ['extra'] : []),
    ...(row.certificate !== null && certificateInfo === null ? ['certificate'] : []),
  ];
  return {
    ...fieldsOf(row),
    id: row.id,
    hasPassword: row.password_sealed !== null,
    hasKey: row.key_sealed !== null,
    hasKeyPassword: row.key_password_sealed !== null,
    certificate: certificateInfo && row.certificate,
    certificateInfo,
    createdAt: storedTime(row.created_at),
    updatedAt: storedTime(row.updated_at),
    ...(unreadable.length > 0 ? { unreadable } : {}),
  };
}

export type Credentials = ReturnType<typeof createCredentials>;
