import { badRequest, RequestError } from '../../lib/errors.ts';
import type { Viewer } from '../access/access.ts';
import type { CheckKey } from '../fields/input.ts';
import { plainText } from '../fields/plain-text.ts';
import type { Credentials } from '../logins/credentials.ts';
import type { Records } from '../records/records.ts';
import type { HostView } from '../records/view.ts';
import type { SourceFile } from './candidate.ts';
import { type Check, identityKey, namesake, type Planned, planImport, type Saved } from './plan.ts';
import { detectFormat, readFiles } from './read.ts';
import { type Choice, type ImportRequest, readImportRequest } from './request.ts';
import type { Known } from './way.ts';

const maxRemembered = 1_000;

/** Hosts from files that people already have. */
export function createImports(
  records: Pick<Records, 'list' | 'checkNew' | 'createAll'>,
  credentials: Pick<Credentials, 'listCredentials' | 'createCredential'>,
  checkKey: CheckKey,
) {
  async function plan(user: Viewer, request: ImportRequest, check: CheckKey) {
    const format = request.format ?? detect(request.files);
    const saved = (await credentials.listCredentials(user)) as readonly Saved[];
    const known = (await records.list(user)).filter(({ level }) => level === 'manage').map(knownOf(saved));
    const parsed = readFiles(format, request.files, request.defaults.username);
    const rows = await planImport(parsed.candidates, format === 'json', known, saved, request, checkOf(user, check));
    return { format, saved, known, skipped: parsed.skipped, rows };
  }

  function checkOf(user: Viewer, check: CheckKey): Check {
    return async (body) => {
      try {
        return await records.checkNew(user, body, check);
      } catch (error) {
        if (error instanceof RequestError) return { reason: error.message };
        throw error;
      }
    };
  }

  /** Keys that were given for identities become credentials, for those that the wanted hosts use. */
  async function saveKeys(user: Viewer, request: ImportRequest, rows: readonly Planned[]) {
    const used = new Set(rows.flatMap(({ identity }) => (identity ? [identityKey(identity)] : [])));
    const identities: Choice[] = [];
    const saved: { readonly id: number; readonly name: string }[] = [];
    for (const choice of request.identities) {
      if (choice.key === null || !used.has(identityKey(choice))) identities.push(choice);
      else {
        const { name, key, keyPassword } = choice;
        const made = await credentials.createCredential(user, { name, authType: 'key', key, keyPassword });
        saved.push({ id: made.id, name });
        identities.push({ ...choice, credentialId: made.id, key: null, keyPassword: null });
      }
    }
    return { request: { ...request, identities }, saved };
  }

  return {
    /** What an import would do; changes nothing. Throws 400. */
    async previewImport(user: Viewer, body: unknown) {
      const request = readImportRequest(body);
      const { format, saved, known, skipped, rows } = await plan(user, request, remembered(checkKey));
      const names = new Map(known.map(({ id, name }) => [id, name]));
      const counted = new Map<string, number>();
      for (const { identity } of rows)
        if (identity) counted.set(identityKey(identity), (counted.get(identityKey(identity)) ?? 0) + 1);
      const identities = [
        ...new Map(rows.flatMap((row) => (row.identity ? [[identityKey(row.identity), row.identity]] : []))),
      ];
      return {
        format,
        hosts: rows.map((row) => viewOf(row, names)),
        skipped,
        identities: identities.map(([key, identity]) => ({
          ...identity,
          hosts: counted.get(key) ?? 0,
          credentialId: namesake(identity, saved)?.id ?? null,
        })),
      };
    },
    /** Adds the hosts that are wanted and the jump hosts that they need: all that can be saved, or none. Throws 400. */
    async importHosts(user: Viewer, body: unknown) {
      const asked = readImportRequest(body);
      const check = remembered(checkKey);
      const before = wantedOf((await plan(user, asked, check)).rows, asked.chosen);
      const { request, saved } = await saveKeys(
        user,
        asked,
        before.filter(({ state }) => state === 'new'),
      );
      const { rows, skipped } = await plan(user, request, check);
      const wanted = wantedOf(rows, request.chosen);
      const fresh = wanted.flatMap((row) => (row.state === 'new' ? [row] : []));
      const places = new Map(fresh.map(({ key }, index) => [key, index]));
      const ids = await records.createAll(
        user,
        fresh.map((row) => (made) => {
          const jumpHosts = row.jumps.map((jump) => ({
            hostId: 'hostId' in jump ? jump.hostId : (made[places.get(jump.ref) ?? -1] ?? 0),
          }));
          return { ...row.input, extra: { ...row.input.extra, jumpHosts } };
        }),
        check,
      );
      return {
        created: fresh.map(({ key, name }, index) => ({ id: ids[index] ?? 0, key, name })),
        credentials: saved,
        rest: wanted.flatMap((row) =>
          row.state === 'new' ? [] : [{ key: row.key, name: row.name, state: row.state, reason: row.reason }],
        ),
        skipped,
      };
    },
  };
}

export type Imports = ReturnType<typeof createImports>;

function detect(files: readonly SourceFile[]) {
  const [found] = files.flatMap((file) => detectFormat(file) ?? []);
  if (found) return found;
  throw badRequest('It cannot be told what format this is: choose it');
}

function knownOf(saved: readonly Saved[]) {
  const usernames = new Map(saved.map(({ id, username }) => [id, username]));
  return (host: HostView): Known => ({
    id: host.id,
    name: String(host.name),
    ip: String(host.ip),
    port: Number(host.port),
    username: plainText(host.username) || (usernames.get(Number(host.credentialId)) ?? ''),
    jumpHosts: (Array.isArray(host.jumpHosts) ? host.jumpHosts : []).map((one: { hostId?: unknown }) =>
      Number(one?.hostId),
    ),
    isSsh: host.connectionType === 'ssh',
  });
}

/** The chosen ones with the jump hosts of this import that they need, in the order of the plan: jump hosts first. */
function wantedOf(rows: readonly Planned[], chosen: ReadonlySet<string> | null): readonly Planned[] {
  if (chosen === null) return rows;
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const wanted = new Set<string>();
  const waiting = [...chosen];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (wanted.has(key)) continue;
    wanted.add(key);
    for (const jump of byKey.get(key)?.jumps ?? []) if ('ref' in jump) waiting.push(jump.ref);
  }
  return rows.filter(({ key }) => wanted.has(key));
}

function viewOf(row: Planned, names: ReadonlyMap<number, string>) {
  const { key, file, line, name, ip, port, username, folder, tags, login, identity, warnings, state } = row;
  const same = row.state === 'present' && 'hostId' in row.same ? row.same.hostId : null;
  return {
    key,
    file,
    line,
    name,
    ip,
    port,
    username,
    folder,
    tags,
    login,
    identity,
    warnings,
    state,
    reason: row.state === 'new' ? null : row.reason,
    hostId: same,
    proxies: row.proxies,
    jumpHosts: row.jumps.map((jump) =>
      'hostId' in jump
        ? { hostId: jump.hostId, name: names.get(jump.hostId) ?? '' }
        : { key: jump.ref, name: jump.ref },
    ),
  };
}

/** Looks at each key once, however many hosts have it: opening one that has a passphrase is slow by design. */
function remembered(checkKey: CheckKey): CheckKey {
  const known = new Map<string, ReturnType<CheckKey>>();
  return (...given) => {
    const all = JSON.stringify(given);
    const result = known.get(all) ?? checkKey(...given);
    if (known.size < maxRemembered) known.set(all, result);
    return result;
  };
}
