import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { readWire } from '../../lib/ssh/wire.ts';

const curves: Readonly<Record<string, { readonly name: string; readonly bytes: number; readonly hash: string }>> = {
  'ecdsa-sha2-nistp256': { name: 'P-256', bytes: 32, hash: 'sha256' },
  'ecdsa-sha2-nistp384': { name: 'P-384', bytes: 48, hash: 'sha384' },
  'ecdsa-sha2-nistp521': { name: 'P-521', bytes: 66, hash: 'sha512' },
};
/** SHA-1 (`ssh-rsa`) is not among them: OpenSSH does not accept certificates signed with it either. */
const rsaHashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/**
 * Whether a signature in SSH's wire format was made over these data by this key. Also false for unsupported keys and
 * algorithms. Source: RFC 4253 §6.6, RFC 5656 §3.1.2, RFC 8332, RFC 8709.
 */
export function isSignedBy(key: Buffer, data: Buffer, signature: Buffer): boolean {
  try {
    const type = readWire(key).text();
    const reader = readWire(signature);
    const algorithm = reader.text();
    const value = reader.string();
    if (!reader.isAtEnd()) return false;
    const curve = curves[type];
    if (curve !== undefined && algorithm === type) {
      const sides = readWire(value);
      const plain = Buffer.concat([side(sides.string(), curve.bytes), side(sides.string(), curve.bytes)]);
      return verify(curve.hash, data, { key: publicKey(key), dsaEncoding: 'ieee-p1363' }, plain);
    }
    if (type === 'ssh-ed25519' && algorithm === type) return verify(null, data, publicKey(key), value);
    const hash = rsaHashes[algorithm];
    return type === 'ssh-rsa' && hash !== undefined && verify(hash, data, publicKey(key), value);
  } catch {
    return false;
  }
}

function publicKey(wire: Buffer): KeyObject {
  const reader = readWire(wire);
  const type = reader.text();
  const curve = curves[type];
  let jwk: JsonWebKey;
  if (curve !== undefined) {
    reader.string();
    const point = reader.string();
    if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) throw new Error('The point is incomplete');
    const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
    jwk = { kty: 'EC', crv: curve.name, x: x.toString('base64url'), y: y.toString('base64url') };
  } else if (type === 'ssh-rsa') {
    const [e, n] = [reader.string(), reader.string()];
    jwk = { kty: 'RSA', e: e.toString('base64url'), n: withoutZeros(n).toString('base64url') };
  } else jwk = { kty: 'OKP', crv: 'Ed25519', x: reader.string().toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function withoutZeros(number: Buffer): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? number.subarray(number.length) : number.subarray(start);
}

/** A number at its full width. */
function side(number: Buffer, bytes: number): Buffer {
  const digits = withoutZeros(number);
  if (digits.length > bytes) throw new Error('The number is too long');
  return Buffer.concat([Buffer.alloc(bytes - digits.length), digits]);
}
