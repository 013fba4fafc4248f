import type { HostInput } from '../fields/input.ts';
import type { Skipped } from './candidate.ts';
import type { Choice } from './request.ts';

/** A private key to check: key, passphrase, certificate. */
export type GivenKey = readonly [string, string | null, string | null];

/** Existing jump hosts, from Sonde outwards, and whether proxies come before them. */
export type GivenWay = { readonly ids: readonly number[]; readonly hasProxies: boolean };

/**
 * What only the main thread can decide, and its decisions: the JSON of the question → the reason against it, or null if
 * it is fine.
 */
export type Verdicts = {
  readonly keys: ReadonlyMap<string, string | null>;
  readonly ways: ReadonlyMap<string, string | null>;
};

/** An existing host, as the database has it. */
export type KnownRow = {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly credential_id: number | null;
  readonly connection_type: string;
  readonly extra: string;
};

/** A credential of the user, as far as imports choose among them. */
export type Saved = { readonly id: number; readonly name: string; readonly username: string };

/** Everything that a thread receives of one import. */
export type ImportTask = {
  readonly what: 'preview' | 'import';
  /** The body of the request, not parsed yet. */
  readonly body: string;
  readonly viewer: { readonly isAdmin: boolean; readonly isForSomeHosts: boolean };
  readonly known: readonly KnownRow[];
  readonly saved: readonly Saved[];
  /** Credentials that were created from keys in the request. */
  readonly made: readonly Pick<Choice, 'kind' | 'name' | 'credentialId'>[];
  readonly verdicts: Verdicts;
};

/** A host to save. Jump hosts are ids, or positions among the hosts of the same import, from 0. */
export type Fresh = {
  readonly key: string;
  readonly name: string;
  readonly input: HostInput;
  readonly jumps: readonly ({ readonly hostId: number } | { readonly place: number })[];
};

/** What was chosen and is not created. */
export type Rest = {
  readonly key: string;
  readonly name: string;
  readonly state: 'present' | 'invalid';
  readonly reason: string;
};

export type ImportAnswer =
  /** Run again with verdicts about these. */
  | { readonly open: { readonly keys: readonly GivenKey[]; readonly ways: readonly GivenWay[] } }
  /** The JSON of a preview. */
  | { readonly preview: string }
  /** Keys that must become credentials first. */
  | { readonly keys: readonly Choice[] }
  /** `fresh`: JSON of lists of Fresh, in slices, so that parsing them blocks nobody. */
  | { readonly fresh: readonly string[]; readonly rest: readonly Rest[]; readonly skipped: readonly Skipped[] };
