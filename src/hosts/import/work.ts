/** The part of an import that a thread does: everything except asking the database. */
import { badRequest } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import { plainText } from '../fields/plain-text.ts';
import { freshOf, previewOf, wantedOf } from './answers.ts';
import type { SourceFile } from './candidate.ts';
import { createChecks } from './checks.ts';
import { detectFormat } from './detect.ts';
import type { Known } from './jumps.ts';
import { identityKey } from './login-choice.ts';
import { type Planned, planImport } from './plan.ts';
import { readFiles } from './read.ts';
import { type ImportRequest, readImportRequest } from './request.ts';
import type { ImportAnswer, ImportTask, KnownRow, Saved } from './task.ts';

/** Reads the files of a request and decides what would happen to each host. Throws 400. */
export function workOut(task: ImportTask): ImportAnswer {
  const { saved } = task;
  const request = requestOf(task);
  const format = request.format ?? detect(request.files);
  const known = task.known.map(knownOf(saved));
  const { candidates, skipped } = readFiles(format, request.files, request.defaults.username);
  const { check, open: openNow } = createChecks(task);
  const rows = planImport(candidates, format === 'json', known, saved, request, check);
  const open = openNow();
  if (open) return { open };
  if (task.what === 'preview') return { preview: previewOf(format, rows, skipped, known, saved) };
  const wanted = wantedOf(rows, request.chosen);
  const keys = keysFor(wanted, request);
  if (keys.length > 0) return { keys };
  const rest = wanted.flatMap((row) =>
    row.state === 'new' ? [] : [{ key: row.key, name: row.name, state: row.state, reason: row.reason }],
  );
  return { fresh: freshOf(wanted), rest, skipped };
}

/** The request, with credentials in place of the keys that they were created from. */
function requestOf({ body, made }: ImportTask): ImportRequest {
  const request = readImportRequest(parse(body));
  const ids = new Map(made.map((one) => [identityKey(one), one.credentialId]));
  const identities = request.identities.map((choice) => {
    const credentialId = ids.get(identityKey(choice));
    return credentialId === undefined ? choice : { ...choice, credentialId, key: null, keyPassword: null };
  });
  return { ...request, identities };
}

function parse(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    throw badRequest('The body is not valid JSON');
  }
}

/** Keys that were given for identities of hosts to save. */
function keysFor(wanted: readonly Planned[], { identities }: ImportRequest) {
  const used = new Set(
    wanted.flatMap(({ identity, state }) => (identity && state === 'new' ? [identityKey(identity)] : [])),
  );
  return identities.filter((choice) => choice.key !== null && used.has(identityKey(choice)));
}

function detect(files: readonly SourceFile[]) {
  for (const file of files) {
    const found = detectFormat(file);
    if (found) return found;
  }
  throw badRequest('Unknown file format: choose one');
}

function knownOf(saved: readonly Saved[]) {
  const usernames = new Map(saved.map(({ id, username }) => [id, username]));
  return (row: KnownRow): Known => {
    const { jumpHosts } = storedObject(row.extra) ?? {};
    return {
      id: row.id,
      name: row.name,
      ip: row.ip,
      port: row.port,
      username: plainText(row.username) || (usernames.get(row.credential_id ?? -1) ?? ''),
      jumpHosts: (Array.isArray(jumpHosts) ? jumpHosts : []).map((one: { hostId?: unknown } | null) =>
        Number(one?.hostId),
      ),
      isSsh: row.connection_type === 'ssh',
    };
  };
}
