import type { HostInput } from '../fields/input.ts';
import type { Skipped } from './candidate.ts';
import type { Choice } from './request.ts';

/** A private key as it would be checked: key, passphrase, certificate. */
export type GivenKey = readonly [string, string | null, string | null];

/** Jump hosts that are there already, from Sonde outwards, and whether proxies stand before them. */
export type GivenWay = { readonly ids: readonly number[]; readonly hasProxies: boolean };

/** What only the main thread can judge, and what it found: by the JSON of what was asked, why not, or null where it may be. */
export type Verdicts = {
  readonly keys: ReadonlyMap<string, string | null>;
  readonly ways: ReadonlyMap<string, string | null>;
};

/** A host that is there already, as the database has it. */
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

/** What a thread is given of one import: everything that it may know. */
export type ImportTask = {
  readonly what: 'preview' | 'import';
  /** The body of the request, not parsed yet. */
  readonly body: string;
  readonly viewer: { readonly isAdmin: boolean; readonly isForSomeHosts: boolean };
  readonly known: readonly KnownRow[];
  readonly saved: readonly Saved[];
  /** Credentials that were made of keys in the request. */
  readonly made: readonly Pick<Choice, 'kind' | 'name' | 'credentialId'>[];
  readonly verdicts: Verdicts;
};

/** A host to be saved. Jump hosts are ids, or places among the hosts of the same import, from 0. */
export type Fresh = {
  readonly key: string;
  readonly name: string;
  readonly input: HostInput;
  readonly jumps: readonly ({ readonly hostId: number } | { readonly place: number })[];
};

/** What was wanted and is not created. */
export type Rest = {
  readonly key: string;
  readonly name: string;
  readonly state: 'present' | 'invalid';
  readonly reason: string;
};

export type ImportAnswer =
  /** Asked anew with verdicts about these. */
  | { readonly open: { readonly keys: readonly GivenKey[]; readonly ways: readonly GivenWay[] } }
  /** The JSON of a preview. */
  | { readonly preview: string }
  /** Keys that are to become credentials first. */
  | { readonly keys: readonly Choice[] }
  /** `fresh`: JSON of lists of Fresh; in slices, so that nobody waits while they are read. */
  | { readonly fresh: readonly string[]; readonly rest: readonly Rest[]; readonly skipped: readonly Skipped[] };
