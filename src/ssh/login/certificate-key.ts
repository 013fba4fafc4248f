import ssh2, { type Client, type ParsedKey } from 'ssh2';
import { type Certificate, parseCertificate } from '../../lib/ssh/certificate.ts';
import { readWire, sshString } from '../../lib/ssh/wire.ts';

/**
 * A private key without a passphrase that shows its certificate instead of its public key. RSA signs with SHA-512.
 * Throws an Error if either cannot be read. Source: OpenSSH's PROTOCOL.certkeys.
 */
export function certificateKey(privateKey: string, certificate: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(privateKey);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw key ?? new Error('The private key cannot be read');
  const parsedCertificate = parseCertificate(certificate);
  const { keyType } = parsedCertificate;
  const sign = (data: Buffer): Buffer => {
    const signature = key.sign(data, keyType === 'ssh-rsa' ? 'sha512' : undefined) as Buffer | Error;
    if (signature instanceof Error) throw signature;
    return keyType.startsWith('ecdsa-') ? fromDer(signature) : signature;
  };
  return Object.create(certified(key, parsedCertificate), { sign: { value: sign } }) as ParsedKey;
}

/** A key that shows its certificate instead of itself. */
export function certified(key: ParsedKey, { blob, keyType }: Certificate): ParsedKey {
  // Everything that is not overridden, including the library's private fields, comes from the key.
  return Object.create(key, {
    type: { value: `${signatureOf(keyType)}${suffix}` },
    getPublicSSH: { value: () => blob },
  }) as ParsedKey;
}

const suffix = '-cert-v01@openssh.com';

function signatureOf(keyType: string): string {
  return keyType === 'ssh-rsa' ? 'rsa-sha2-512' : keyType;
}

/** The two numbers of an ECDSA signature as SSH writes them. Source: RFC 3279 §2.2.3, RFC 5656 §3.1.2. */
function fromDer(der: Buffer): Buffer {
  let at = der[1] === 0x81 ? 3 : 2;
  const next = (): Buffer => {
    const length = der[at + 1] ?? 0;
    at += 2 + length;
    return der.subarray(at - length, at);
  };
  return Buffer.concat([next(), next()].map(sshString));
}

/** The internal part of ssh2 that writes packets. */
type PacketWriter = {
  readonly allocStart: number;
  readonly alloc: (bytes: number) => Buffer;
  finalize: (packet: Buffer) => Buffer;
};

/**
 * ssh2 gives a signature the name of the key, but the signature by a certificate's key is named without the certificate
 * (PROTOCOL.certkeys), and sshd refuses anything else. Rewrites that one packet of a client whose handshake is
 * complete.
 */
export function nameSignaturesPlainly(client: Client): void {
  const { write } = (client as unknown as { _protocol: { _packetRW: { write: PacketWriter } } })._protocol._packetRW;
  const finalize = write.finalize.bind(write);
  write.finalize = (packet) => {
    const payload = renamed(packet.subarray(write.allocStart));
    if (payload === null) return finalize(packet);
    const shorter = write.alloc(payload.length);
    payload.copy(shorter, write.allocStart);
    return finalize(shorter);
  };
}

const userAuthRequest = 50;

/** The request with its signature's plain name; null for every other packet. Padding may follow. */
function renamed(packet: Buffer): Buffer | null {
  if (packet[0] !== userAuthRequest || !packet.includes(suffix)) return null;
  const wire = readWire(packet.subarray(1));
  const [user, service, method] = [wire.string(), wire.string(), wire.string()];
  const signs = wire.byte();
  if (method.toString() !== 'publickey' || signs !== 1) return null;
  const [algorithm, key, signed] = [wire.string(), wire.string(), readWire(wire.string())];
  const name = signed.text();
  if (!name.endsWith(suffix)) return null;
  const signature = Buffer.concat([name.slice(0, -suffix.length), signed.string()].map(sshString));
  return Buffer.concat([
    Buffer.from([userAuthRequest]),
    ...[user, service, method].map(sshString),
    Buffer.from([1]),
    ...[algorithm, key, signature].map(sshString),
  ]);
}
