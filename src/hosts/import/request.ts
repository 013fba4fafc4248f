import { badRequest } from '../../lib/errors.ts';
import { requireObject, text } from '../fields/input.ts';
import { type Identity, type ImportFormat, importFormats, limits, type SourceFile } from './candidate.ts';

/** What to use for an identity of the files: a saved credential, a private key, or nothing. */
export type Choice = Identity & {
  readonly credentialId: number | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
};

/** The request for an import, checked. */
export type ImportRequest = {
  readonly format: ImportFormat | null;
  readonly files: readonly SourceFile[];
  readonly defaults: {
    readonly folder: string;
    readonly tags: readonly string[];
    readonly username: string;
    readonly credentialId: number | null;
  };
  readonly identities: readonly Choice[];
  /** Keys of the chosen hosts; null for all. */
  readonly chosen: ReadonlySet<string> | null;
};

const maxNameLength = 500;
const maxIdentities = 1_000;
const maxTags = 50;
const maxTagLength = 100;

/** Checks the body of an import. Throws 400 with one sentence. */
export function readImportRequest(body: unknown): ImportRequest {
  const sent = requireObject(body);
  const { format, chosen } = sent;
  if (!isAbsent(format) && !importFormats.some((one) => one === format))
    throw badRequest(`format must be one of ${importFormats.join(', ')}, or left out`);
  if (!isAbsent(chosen) && !(isList(chosen) && chosen.every((one) => typeof one === 'string')))
    throw badRequest('chosen must be a list of keys, as the preview gave them');
  return {
    format: isAbsent(format) ? null : (format as ImportFormat),
    files: readFiles(sent),
    defaults: readDefaults(sent.defaults),
    identities: readIdentities(sent.identities),
    chosen: isAbsent(chosen) ? null : new Set(chosen as readonly string[]),
  };
}

function readFiles({ files, text: alone }: Readonly<Record<string, unknown>>): readonly SourceFile[] {
  const given = isAbsent(files) ? [{ name: '', text: alone }] : files;
  if (!isList(given) || given.length === 0) throw badRequest('files must be a list of {name, text}, or text a text');
  if (given.length > limits.files) throw badRequest(`You can import at most ${limits.files} files at once`);
  const read = given.map((one) => {
    const file = requireObject(one);
    const { name = '', text: content } = file;
    if (typeof content !== 'string' || typeof name !== 'string' || name.length > maxNameLength)
      throw badRequest('files must be a list of {name, text}, or text a text');
    return { name: name.replaceAll(/\p{Cc}/gu, ''), text: content };
  });
  if (read.reduce((sum, file) => sum + file.text.length, 0) > limits.textLength)
    throw badRequest(`The files are larger than ${limits.textLength / 1_000_000} MB: import them in parts`);
  if (read.every((file) => file.text.trim() === '')) throw badRequest('The files are empty');
  return read;
}

function readDefaults(value: unknown): ImportRequest['defaults'] {
  const sent = isAbsent(value) ? {} : requireObject(value);
  const tags = sent.tags ?? [];
  if (!isList(tags) || !tags.every((tag) => typeof tag === 'string'))
    throw badRequest('defaults.tags must be a list of texts');
  if (tags.length > maxTags || tags.some((tag) => tag.length > maxTagLength))
    throw badRequest(`defaults.tags can have at most ${maxTags} texts of ${maxTagLength} characters`);
  return {
    folder: text(sent, 'folder', 100),
    tags: tags as readonly string[],
    username: text(sent, 'username', 100),
    credentialId: readId(sent.credentialId, 'defaults.credentialId'),
  };
}

function readIdentities(value: unknown): readonly Choice[] {
  if (isAbsent(value)) return [];
  const problem = 'identities must be a list of {kind, name} with credentialId, or with key and keyPassword';
  if (!isList(value) || value.length > maxIdentities) throw badRequest(problem);
  return value.map((one) => {
    const sent = requireObject(one);
    const { kind, name } = sent;
    const secret = (field: string): string | null => {
      const given = sent[field];
      if (isAbsent(given) || given === '') return null;
      if (typeof given !== 'string' || given.length > 65_536) throw badRequest(problem);
      return given;
    };
    if ((kind !== 'key-file' && kind !== 'credential') || typeof name !== 'string') throw badRequest(problem);
    const credentialId = readId(sent.credentialId, 'identities: credentialId');
    return { kind, name, credentialId, key: secret('key'), keyPassword: secret('keyPassword') };
  });
}

function readId(value: unknown, field: string): number | null {
  if (isAbsent(value)) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw badRequest(`${field} must be the id of a credential`);
  return value;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
