import { connect } from 'node:net';
import ssh2, { type ParsedKey } from 'ssh2';
import { type Certificate, parseCertificate, whyNotNow } from '../../lib/ssh/certificate.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import { readWire } from '../../lib/ssh/wire.ts';
import { certified } from './certificate-key.ts';

/** A key or certificate that an SSH agent holds. */
export type AgentKey = {
  readonly key: ParsedKey;
  /** `SHA256:…` of the key; for a certificate, of the key that it certifies, as `ssh-add -l` shows it. */
  readonly fingerprint: string;
  /** Null: a plain key. */
  readonly certificate: Certificate | null;
};

const requestIdentities = 11;
const identitiesAnswer = 12;
const maxAnswerBytes = 262_144;

/**
 * The keys of the agent behind a socket that can be used to log in. Other kinds, such as security keys, are skipped.
 * Rejects with a one-sentence Error whose cause is the socket's error. Source: draft-miller-ssh-agent §4.4.
 */
export async function heldKeys(socket: string, signal: AbortSignal): Promise<readonly AgentKey[]> {
  const wire = readWire(await answerOf(socket, signal));
  if (wire.byte() !== identitiesAnswer) throw new Error(`${socket} does not list its keys`);
  const held: AgentKey[] = [];
  for (let left = wire.uint32(); left > 0; left -= 1) {
    const blob = wire.string();
    wire.string();
    const key = keyOf(blob);
    if (key !== null) held.push(key);
  }
  return held;
}

/** The body of the agent's list of keys. */
function answerOf(path: string, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, signal });
    let read = Buffer.alloc(0);
    const end = (error: Error | null): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve(read.subarray(4));
    };
    const nobody = (cause?: Error): void =>
      end(new Error(signal.aborted ? `${path} does not answer` : `nothing answers on ${path}`, { cause }));
    socket.once('connect', () => socket.write(Buffer.from([0, 0, 0, 1, requestIdentities])));
    socket.once('error', nobody).once('close', () => nobody());
    socket.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      if (read.length < 4) return;
      const length = read.readUInt32BE();
      if (length > maxAnswerBytes) end(new Error(`${path} does not answer as an SSH agent does`));
      else if (read.length >= 4 + length) end(null);
    });
  });
}

function keyOf(blob: Buffer): AgentKey | null {
  const plain = parsed(blob);
  if (plain) return { key: plain, fingerprint: fingerprintOf(blob.toString('base64')), certificate: null };
  try {
    const certificate = parseCertificate(`${readWire(blob).text()} ${blob.toString('base64')}`);
    const key = parsed(certificate.publicKey);
    if (!key || !certificate.isUser) return null;
    const fingerprint = fingerprintOf(certificate.publicKey.toString('base64'));
    return { key: certified(key, certificate), fingerprint, certificate };
  } catch {
    return null;
  }
}

function parsed(blob: Buffer): ParsedKey | null {
  const read = ssh2.utils.parseKey(blob);
  const key = Array.isArray(read) ? read[0] : read;
  return key === undefined || key instanceof Error ? null : key;
}

/** The ones worth trying, certificates first: a person who has a certificate has it for logging in. */
export function offerable(held: readonly AgentKey[], now: number): readonly AgentKey[] {
  const valid = held.filter(({ certificate }) => certificate === null || whyNotNow(certificate, now) === null);
  return [...valid.filter(({ certificate }) => certificate), ...valid.filter(({ certificate }) => !certificate)];
}
