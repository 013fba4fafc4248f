/** The formats that hosts are read from. */
export const importFormats = ['ssh-config', 'ansible-ini', 'ansible-yaml', 'csv', 'json'] as const;
export type ImportFormat = (typeof importFormats)[number];

/** One text, with the name or path it has at its source. */
export type SourceFile = { readonly name: string; readonly text: string };

/** A position in the files; lines count from 1, 0 if the format has none. */
export type Place = { readonly file: string; readonly line: number };

/** A jump host as a file names it. `ref` is the candidate of the same files that it refers to, if any. */
export type Hop = {
  readonly ref: string | null;
  readonly address: string;
  readonly port: number | null;
  readonly username: string | null;
  /** The private key that the file names for it, if it does so at the host that is behind it. */
  readonly identityFile?: string;
};

/**
 * What a host logs in with but the files do not contain: a private key on somebody's disk, or a credential by its name.
 */
export type Identity = {
  readonly kind: 'key-file' | 'credential';
  readonly name: string;
  /** The user name that goes with it, if the file has one and the host itself does not. */
  readonly username?: string;
};

/** A host that the files describe; nothing about it has been checked yet. */
export type Candidate = Place & {
  /** Its name in the file, unique among all candidates. */
  readonly ref: string;
  /** The fields of a host as clients send them, including any secrets that the file contains. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** From Sonde outwards. */
  readonly hops: readonly Hop[];
  readonly identity: Identity | null;
  readonly warnings: readonly string[];
};

/** What did not become a host, and why, in one sentence. */
export type Skipped = Place & { readonly text: string; readonly reason: string };

/** The contents of the files. Reading them never throws: what cannot be read is skipped with the reason. */
export type Parsed = { readonly candidates: readonly Candidate[]; readonly skipped: readonly Skipped[] };

/** Bounds of one import. */
export const limits = {
  files: 200,
  textLength: 2_000_000,
  lineLength: 10_000,
  nameLength: 300,
  hosts: 10_000,
  skipped: 1_000,
  /** Jump hosts of one host; saving refuses more. */
  hops: 50,
} as const;

const maxShown = 120;

/** A bounded list of what was skipped. */
export function createSkips() {
  const skipped: Skipped[] = [];
  const told = new Set<string>();
  return {
    skipped,
    /** A place that is read more than once is reported once. */
    skip: (place: Place, text: string, reason: string): void => {
      if (skipped.length >= limits.skipped) return;
      const shown = text.slice(0, limits.lineLength).trim().slice(0, maxShown);
      const key = JSON.stringify([place.file, place.line, shown, reason]);
      if (told.has(key)) return;
      told.add(key);
      skipped.push({ file: place.file, line: place.line, text: shown, reason });
    },
  };
}

export type Skip = ReturnType<typeof createSkips>['skip'];

/** `user@host:port`, `ssh://user@host:port`, `[2001:db8::1]:22`; null for anything else. */
export function readHop(text: string): Hop | null {
  if (text.length > limits.nameLength) return null;
  const plain = text
    .trim()
    .replace(/^ssh:\/\//i, '')
    .replace(/\/$/, '');
  const at = plain.lastIndexOf('@');
  const rest = plain.slice(at + 1);
  const isBareIpv6 = rest.indexOf(':') !== rest.lastIndexOf(':') && !rest.startsWith('[');
  const [, bracketed, bare = '', port] = isBareIpv6
    ? [rest, undefined, rest, undefined]
    : (/^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest) ?? []);
  const address = bracketed ?? bare;
  if (address === '' || /[\s/]/.test(address) || (bracketed === undefined && /[[\]]/.test(address))) return null;
  const number = port === undefined ? null : Number(port);
  if (number !== null && (number < 1 || number > 65_535)) return null;
  return { ref: null, address, port: number, username: at > 0 ? plain.slice(0, at) : null };
}
