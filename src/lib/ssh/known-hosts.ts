import { hash, timingSafeEqual } from 'node:crypto';
import { clip } from '../plain-data.ts';
import { matchesPatterns } from './wildcard.ts';
import { readWire } from './wire.ts';

/**
 * What a line of known_hosts says about its key: it belongs to the host, it is a CA that certifies the host's key, or
 * it is revoked.
 */
export type Marker = 'key' | 'cert-authority' | 'revoked';

/** A usable line of known_hosts. Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export type KnownHostsLine = {
  readonly marker: Marker;
  /** Patterns separated by commas, or one hashed name, as in the file. */
  readonly names: string;
  readonly algorithm: string;
  readonly keyBase64: string;
  readonly comment: string;
};

/** A position in the file, from 1. */
type At = { readonly line: number };

const maxLines = 10_000;
const maxLineLength = 16_384;
/** Key type → how many fields its wire format has. */
const keyTypes: Readonly<Record<string, number>> = {
  'ssh-ed25519': 2,
  'ssh-rsa': 3,
  'ecdsa-sha2-nistp256': 3,
  'ecdsa-sha2-nistp384': 3,
  'ecdsa-sha2-nistp521': 3,
};
const markers: Readonly<Record<string, Marker>> = { '@cert-authority': 'cert-authority', '@revoked': 'revoked' };

/** Reads a known_hosts file: the usable lines, and the others, each with one sentence why not. */
export function readKnownHosts(text: string): {
  readonly lines: readonly (KnownHostsLine & At)[];
  readonly skipped: readonly (At & { readonly reason: string })[];
} {
  const lines: (KnownHostsLine & At)[] = [];
  const skipped: (At & { readonly reason: string })[] = [];
  const all = text.replace(/^\uFEFF/, '').split(/\r?\n|\r/);
  for (const [index, raw] of all.slice(0, maxLines).entries()) {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const read = readLine(trimmed);
    if (typeof read === 'string') skipped.push({ line: index + 1, reason: read });
    else lines.push({ line: index + 1, ...read });
  }
  if (all.length > maxLines)
    skipped.push({ line: maxLines + 1, reason: `Sonde reads only the first ${maxLines} lines` });
  return { lines, skipped };
}

function readLine(text: string): KnownHostsLine | string {
  if (text.length > maxLineLength) return 'The line is too long';
  const words = text.split(/[ \t]+/);
  const marker = words[0]?.startsWith('@') ? markers[words[0]] : 'key';
  if (marker === undefined) return `Unknown marker ${words[0]}`;
  const [names = '', algorithm = '', keyBase64 = '', ...comment] = marker === 'key' ? words : words.slice(1);
  if (/^\d+$/.test(algorithm)) return 'SSH protocol 1 keys are obsolete';
  if (keyBase64 === '') return 'The line is incomplete: it needs names, key type and key';
  if (names.startsWith('|') && readHash(names) === null) return 'The hashed name cannot be read';
  const fields = keyTypes[algorithm];
  if (fields === undefined) return `Keys of type ${algorithm.slice(0, 60)} are not supported`;
  if (!isKey(algorithm, fields, keyBase64)) return 'The key is damaged';
  return { marker, names, algorithm, keyBase64, comment: clip(comment.join(' '), 200) };
}

function isKey(algorithm: string, fields: number, keyBase64: string): boolean {
  const wire = Buffer.from(keyBase64, 'base64');
  if (wire.toString('base64') !== keyBase64) return false;
  try {
    const reader = readWire(wire);
    if (reader.text() !== algorithm) return false;
    for (let field = 1; field < fields; field += 1) if (reader.string().length === 0) return false;
    return reader.isAtEnd();
  } catch {
    return false;
  }
}

/** The name under which ssh looks a host up: with its port unless that is 22. */
export function knownHostsName(address: string, port: number): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

/** Whether the names of a line match a host: at least one pattern matches, and none with an exclamation mark does. */
export function namesMatch(names: string, host: string): boolean {
  return matcherOf(names)(host);
}

/** The same for many hosts: the line is parsed once. */
export function matcherOf(names: string): (host: string) => boolean {
  if (!names.startsWith('|')) {
    const patterns = names.toLowerCase().split(',');
    return (host) => matchesPatterns(host.toLowerCase(), patterns);
  }
  const hashed = readHash(names);
  if (hashed === null) return () => false;
  const hmac = hmacSha1(hashed.salt);
  return (host) => timingSafeEqual(hmac(host.toLowerCase()), hashed.hash);
}

/**
 * HMAC from two plain hashes, several times as fast as createHmac: there are many lines and many hosts. Source: RFC
 * 2104.
 */
function hmacSha1(salt: Buffer): (text: string) => Buffer {
  const key = salt.length > 64 ? hash('sha1', salt, 'buffer') : salt;
  const padded = (pad: number): Buffer => {
    const block = Buffer.alloc(64, pad);
    for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
    return block;
  };
  const [inner, outer] = [padded(0x36), padded(0x5c)];
  return (text) => {
    const first = hash('sha1', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return hash('sha1', Buffer.concat([outer, first]), 'buffer');
  };
}

/** `|1|salt|hash`. */
function readHash(names: string): { readonly salt: Buffer; readonly hash: Buffer } | null {
  const [, salt = '', hash = ''] = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/.exec(names) ?? [];
  const read = { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  return read.salt.length > 0 && read.hash.length === 20 ? read : null;
}
