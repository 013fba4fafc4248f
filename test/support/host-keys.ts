/** Hosts whose keys change, and what is known about the keys, for system tests. */
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type KeyType, keyPair, type Server, startSshd, type User } from './rig.ts';
import { byPassword, type Json, type Person } from './service.ts';

export type HostKey = { readonly file: string; readonly publicKey: string; readonly fingerprint: string };

/** A server key, with the fingerprint that ssh-keygen prints. */
export function hostKey(type: KeyType = 'ed25519'): HostKey {
  const { file, publicKey } = keyPair(type);
  return { file, publicKey, fingerprint: fingerprintOf(file) };
}

function fingerprintOf(file: string): string {
  return execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

/** The server's successor at the same address, with other keys. */
export async function restart(
  server: Server,
  keys: readonly HostKey[],
  config: readonly string[] = [],
): Promise<Server> {
  await server.stop();
  const { host, port } = server;
  return startSshd({ host, port, hostKeys: keys.map(({ file }) => file), config });
}

/** What the API says about a host's keys. */
export async function keysOf(who: Person, id: number): Promise<Json> {
  const { status, body } = await who.get(`/host-keys/${id}`);
  expect(status).toBe(200);
  return body;
}

/** What happened to a host's keys, oldest first. */
export async function history(who: Person, id: number): Promise<readonly (readonly [string, string, string | null])[]> {
  const { events } = await keysOf(who, id);
  return events.map(({ kind, fingerprint, by }: Json) => [kind, fingerprint, by]).toReversed();
}

/** Starts a host that will be refused, and returns the failure. */
export async function refusal(who: Person, id: number): Promise<Json> {
  const { status, body } = await who.post(`/metrics/start/${id}`);
  expect(status).toBe(500);
  return body.failure;
}

/** A host record that is sampled even when nobody looks. */
export function always(server: Server, user: User): object {
  const statsConfig = { collectAlways: true, metricsInterval: 10, useGlobalMetricsInterval: false };
  return { ...byPassword(server, user), statsConfig };
}

let names = 0;

/** A name that resolves to an address in the rig. */
export function hostName(address: string): string {
  names += 1;
  const name = `h${process.pid}-${names}.rig.example`;
  appendFileSync('/etc/hosts', `${address} ${name}\n`);
  return name;
}

/** A CA for host keys; `options` are ssh-keygen's: `-n` names, `-V` validity. */
export function authority(type: KeyType = 'ed25519') {
  const key = hostKey(type);
  return {
    ...key,
    /** Certifies a key; the certificate is beside it. */
    certify(subject: HostKey, ...options: readonly string[]): string {
      execFileSync('ssh-keygen', ['-q', '-s', key.file, '-I', 'test', ...options, `${subject.file}.pub`]);
      return `${subject.file}-cert.pub`;
    },
  };
}
