import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KnownHost } from './known-hosts-effects.ts';
import { planKnownHosts } from './known-hosts-work.ts';

const wire = (text: string | Buffer) => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const key = () => `ssh-ed25519 ${Buffer.concat([wire('ssh-ed25519'), wire(randomBytes(32))]).toString('base64')}`;
const host = (id: number, ip: string, port = 22): KnownHost => ({
  id,
  name: `h${id}`,
  ip,
  port,
  level: 'manage',
  isOwn: true,
  pinned: [],
});
const plan = (text: string, hosts: readonly KnownHost[]) =>
  planKnownHosts({ text, isEverybodys: false, hosts, kept: [] });

test('lines find the hosts of their names, whatever the case and the port', () => {
  const hosts = [host(1, 'Web.Example'), host(2, 'db', 2200), host(3, 'db')];
  const { lines } = plan(`web.example,db ${key()}\n[db]:2200 ${key()}\n*b ${key()}\n`, hosts);
  expect(lines.map((line) => line.hosts.map(({ id, effect }) => [id, effect]))).toEqual([
    [
      [1, 'pins'],
      [2, 'kept'],
      [3, 'pins'],
    ],
    [[2, 'pins']],
    [
      [2, 'kept'],
      [3, 'pins'],
    ],
  ]);
});

test('more hashed names and hosts than can be compared are refused', () => {
  const hashed = () => `|1|${randomBytes(20).toString('base64')}|${randomBytes(20).toString('base64')} ${key()}\n`;
  const text = Array.from({ length: 1_000 }, hashed).join('');
  const hosts = Array.from({ length: 10_000 }, (_, index) => host(index, `h${index}`));
  expect(() => plan(text, hosts)).toThrow(/too many lines and hosts/);
});

test('lines about very many hosts are refused', () => {
  const hosts = Array.from({ length: 10_000 }, (_, index) => host(index, `h${index}`));
  expect(() => plan(`* ${key()}\n`.repeat(50), hosts)).toThrow(/match too many hosts/);
});

test('five thousand plain names beside ten thousand hosts are compared without trying each', () => {
  const hosts = Array.from({ length: 10_000 }, (_, index) => host(index, `h${index}`));
  const text = Array.from({ length: 5_000 }, (_, index) => `h${index * 2} ${key()}\n`).join('');
  expect(plan(text, hosts).lines.every(({ hosts: found }) => found.length === 1)).toBe(true);
});
