import type { CredentialRow, HostRow, Stored } from '../../db/schema.ts';
import type { Login } from '../../model/host.ts';
import type { HostsContext } from '../context.ts';
import { createOpenedLogins } from './opened.ts';
import { openLogin, type StoredLogin } from './sealed.ts';

type Host = Stored<HostRow>;
type Credential = Stored<CredentialRow>;

/** The logins of hosts: their own, or those of their credentials. */
export function createLoginOpener(context: HostsContext) {
  const { db, sealer, agentSocket } = context;
  const { withOpenedKey } = createOpenedLogins(context);

  function openStored(row: Host, credential: Credential | null): StoredLogin | null {
    if (row.auth_type !== 'credential') return openLogin(sealer, 'host', row.id, row);
    return credential && openLogin(sealer, 'credential', credential.id, credential);
  }

  return {
    /** The credential that a host logs in with; null: it has a login of its own, or its credential is gone. */
    async credentialOf(row: Host): Promise<Credential | null> {
      if (row.auth_type !== 'credential' || row.credential_id === null) return null;
      const found = await db
        .selectFrom('credentials')
        .selectAll()
        .where('id', '=', row.credential_id)
        .executeTakeFirst();
      return (found as Credential | undefined) ?? null;
    },
    /** The login of a host as it is stored, unsealed. */
    openStored,
    /** The same with its key opened, and with the machine's SSH agent for owners who are still admins. */
    async open(row: Host, credential: Credential | null): Promise<Login | null> {
      const login = openStored(row, credential);
      if (login?.type === 'key') {
        return credential === null
          ? withOpenedKey(login, 'host', row.id, row)
          : withOpenedKey(login, 'credential', credential.id, credential);
      }
      if (login?.type !== 'agent') return login;
      const owner = (row.auth_type === 'credential' ? credential?.user_id : undefined) ?? row.user_id;
      const user = await db.selectFrom('users').select('is_admin').where('id', '=', owner).executeTakeFirst();
      if (user?.is_admin !== 1) return { ...login, agent: { refused: 'only logins of admins may use it' } };
      const noSocket = { refused: 'neither SONDE_SSH_AGENT nor SSH_AUTH_SOCK is set' };
      return { ...login, agent: agentSocket === null ? noSocket : { socket: agentSocket } };
    },
  };
}

export type LoginOpener = ReturnType<typeof createLoginOpener>;
