import { badRequest } from '../../lib/errors.ts';
import type { ImportFormat, Skipped } from './candidate.ts';
import type { Known } from './jumps.ts';
import { identityKey, namesake } from './login-choice.ts';
import type { Planned } from './plan.ts';
import type { Fresh, Saved } from './task.ts';

/** Of the JSON of an answer, in characters. */
const maxAnswer = 24_000_000;
const rowsInSlice = 50;

/** The JSON of a preview: what would happen to each host. Throws 400 if it would be too long. */
export function previewOf(
  format: ImportFormat,
  rows: readonly Planned[],
  skipped: readonly Skipped[],
  known: readonly Known[],
  saved: readonly Saved[],
): string {
  const names = new Map(known.map(({ id, name }) => [id, name]));
  const found = new Map<string, { readonly identity: NonNullable<Planned['identity']>; hosts: number }>();
  for (const { identity } of rows) {
    if (identity === null) continue;
    const one = found.get(identityKey(identity)) ?? { identity, hosts: 0 };
    one.hosts += 1;
    found.set(identityKey(identity), one);
  }
  const identities = [...found.values()].map(({ identity, hosts }) => ({
    ...identity,
    hosts,
    credentialId: namesake(identity, saved)?.id ?? null,
  }));
  const hosts = measured(rows.map((row) => viewOf(row, names)));
  return `{"format":${JSON.stringify(format)},"hosts":[${hosts.join(',')}],"skipped":${JSON.stringify(skipped)},"identities":${JSON.stringify(identities)}}`;
}

/** The new hosts among these, ready to be saved, as JSON in slices. Throws 400 if they would be too long. */
export function freshOf(wanted: readonly Planned[]): readonly string[] {
  const fresh = wanted.flatMap((row) => (row.state === 'new' ? [row] : []));
  const places = new Map(fresh.map(({ key }, index) => [key, index]));
  const texts = measured(
    fresh.map(({ key, name, input, jumps }): Fresh => {
      const linked = jumps.map((jump) => ('hostId' in jump ? jump : { place: places.get(jump.ref) ?? -1 }));
      return { key, name, input, jumps: linked };
    }),
  );
  const slices: string[] = [];
  for (let index = 0; index < texts.length; index += rowsInSlice)
    slices.push(`[${texts.slice(index, index + rowsInSlice).join(',')}]`);
  return slices;
}

/** The chosen hosts and the jump hosts from this import that they need, in the order of the plan: jump hosts first. */
export function wantedOf(rows: readonly Planned[], chosen: ReadonlySet<string> | null): readonly Planned[] {
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

function measured(rows: readonly unknown[]): readonly string[] {
  let length = 0;
  return rows.map((row) => {
    const text = JSON.stringify(row);
    length += text.length;
    if (length > maxAnswer)
      throw badRequest('These files describe too many hosts to read at once: import them in parts');
    return text;
  });
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
