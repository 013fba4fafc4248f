import { computedOfHost } from '../fields/computed.ts';
import { plainText } from '../fields/plain-text.ts';
import {
  type Candidate,
  createSkips,
  type Hop,
  type Identity,
  limits,
  type Parsed,
  type SourceFile,
} from './candidate.ts';

type Record_ = Readonly<Record<string, unknown>>;

const secretNames = { password: 'password', key: 'key' } as const;
/** Fields that belong to the place a host comes from, not to the host. */
const ofElsewhere = [
  ...computedOfHost,
  'ref',
  // Not a field: it would change the prototype of all records.
  '__proto__',
];

/**
 * Reads hosts as exported by Termix and by Sonde: a list of records, or an object with `hosts` and optionally
 * `credentials`. Jump hosts are `{hostId}` of a host in the file (Termix) or `{ref}` (Sonde).
 */
export function readJson(files: readonly SourceFile[]): Parsed {
  const { skipped, skip } = createSkips();
  const candidates: Candidate[] = [];
  const taken = new Set<string>();
  for (const { name: file, text } of files) {
    const content = parse(text);
    const place = { file, line: 0 };
    if (content === undefined) {
      skip(place, '', 'This is not valid JSON');
      continue;
    }
    const { format, version, hosts, credentials } = shapeOf(content);
    if (hosts === null) {
      skip(place, '', 'It does not contain a list of hosts');
      continue;
    }
    if (format === 'sonde-hosts' && version !== 1) {
      skip(place, '', 'It was exported by a newer version of Sonde. Upgrade first');
      continue;
    }
    const left = limits.hosts - candidates.length;
    const refs = hosts.slice(0, left).map((host, index) => {
      const named = plainText(host?.ref) || plainText(host?.name) || plainText(host?.ip) || `host ${index + 1}`;
      const wanted = named.slice(0, limits.nameLength);
      const ref = taken.has(wanted) ? `${wanted} (${file}, host ${index + 1})` : wanted;
      taken.add(ref);
      return ref;
    });
    const byId = new Map(refs.map((ref, index) => [plainText(hosts[index]?.id), ref]));
    const names = new Set(refs);
    if (hosts.length > left)
      skip(place, `host ${left + 1}`, `Sonde reads only ${limits.hosts} hosts at once. Put the rest into another file`);
    for (const [index, host] of hosts.slice(0, left).entries()) {
      const [ref = '', at] = [refs[index], `host ${index + 1}`];
      if (host === null) skip(place, at, 'This is not a host');
      else candidates.push({ ...place, ref, ...candidateOf(host, byId, names, credentials) });
    }
  }
  return { candidates, skipped };
}

function candidateOf(
  host: Record_,
  byId: ReadonlyMap<string, string>,
  refs: ReadonlySet<string>,
  credentials: Credentials,
) {
  // Its ids are those of another Sonde.
  const { jumpHosts, dependsOn: _, credential: named, credentialId, ...rest } = host;
  const fields: Record<string, unknown> = { ...rest };
  for (const name of ofElsewhere) delete fields[name];
  const warnings: string[] = [];
  const saved = credentials.get(plainText(credentialId)) ?? (isRecord(named) ? named : null);
  let identity: Identity | null = null;
  if (fields.authType === 'credential') {
    delete fields.authType;
    const secrets = saved ? secretsOf(saved) : null;
    const name = plainText(saved?.name) || `credential ${plainText(credentialId)}`;
    if (secrets) {
      Object.assign(fields, secrets);
      if (plainText(fields.username) === '') fields.username = plainText(saved?.username);
      warnings.push(`The login of the credential ${name} is copied to this host`);
    } else identity = { kind: 'credential', name, username: plainText(saved?.username) };
  } else if (fields.authType === 'password' || fields.authType === 'key') {
    if (plainText(fields[secretNames[fields.authType]]) === '') {
      warnings.push(`Its ${fields.authType} is not in the file`);
      delete fields.authType;
    }
  }
  return { fields, hops: hopsOf(jumpHosts, byId, refs), identity, warnings };
}

function hopsOf(value: unknown, byId: ReadonlyMap<string, string>, refs: ReadonlySet<string>): readonly Hop[] {
  const list = typeof value === 'string' ? parse(value) : value;
  if (!Array.isArray(list)) return [];
  return list.slice(0, limits.hops).map((one: unknown) => {
    const { hostId, ref } = isRecord(one) ? one : { hostId: one };
    const name = plainText(ref) || byId.get(plainText(hostId)) || '';
    const address = (name || `host ${plainText(hostId)}`).slice(0, limits.nameLength);
    return { ref: refs.has(name) ? name : null, address, port: null, username: null };
  });
}

type Credentials = ReadonlyMap<string, Record_>;

function shapeOf(content: unknown) {
  const top = isRecord(content) ? content : {};
  const list = Array.isArray(content) ? content : top.hosts;
  const saved = Array.isArray(top.credentials) ? top.credentials.filter(isRecord) : [];
  return {
    format: top.format,
    version: top.version,
    hosts: Array.isArray(list) ? list.map((one: unknown) => (isRecord(one) ? one : null)) : null,
    credentials: new Map(saved.map((one) => [plainText(one.id), one])) as Credentials,
  };
}

/** The login of a credential in the file; null if its secret is missing. */
function secretsOf(credential: Record_): Record_ | null {
  const { password, key, keyPassword } = credential;
  if (plainText(key) !== '') return { authType: 'key', key, ...(plainText(keyPassword) === '' ? {} : { keyPassword }) };
  return plainText(password) === '' ? null : { authType: 'password', password };
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined if it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
