/**
 * Answers as long as one may be, made to take long: each is read in one go of the only thread. What would take the square of
 * their length would take hours; a test ends after half a minute.
 */
import { expect, test } from 'vitest';
import { firewall } from './firewall/firewall.ts';
import { network } from './network/network.ts';
import { ports } from './ports/ports.ts';
import { groupFiles } from './sampler/sampler.ts';
import { temperature } from './temperature/temperature.ts';

const megabyte = 1_000_000;
const reading = (text: string, files = '') => ({ files, text, uptimeSeconds: 1, at: 0 });

test('a line of netstat that is nearly all blanks', () => {
  const long = `tcp 0 0 a:1 b LISTEN 1/x${' '.repeat(2 * megabyte)}x`;
  const { facts } = ports.parse(
    reading(`@netstat\n${long}\ntcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 5/sshd: x   \n`),
    undefined,
  );
  expect(facts.ports.find(({ localPort }) => localPort === 22)).toMatchObject({ process: 'sshd: x' });
});

test('a line of ip that is nearly all one letter', () => {
  const files = '/proc/net/dev:Inter-| Receive\n/proc/net/dev: face |bytes\n';
  network.parse(reading(`@ip\n1: ${'@'.repeat(2 * megabyte)}\n`, files), undefined);
});

test('files without names', () => {
  expect(groupFiles('\n'.repeat(4 * megabyte)).size).toBeLessThan(10);
});

test('a hundred thousand chains under two names', () => {
  const save = (name: string): string =>
    `@${name} 0\n*filter\n${Array.from({ length: 100_000 }, (_, index) => `:${name}${index} ACCEPT [0:0]\n`).join('')}`;
  firewall.parse(reading(save('iptables') + save('iptables-legacy')), undefined);
});

test('more sensors than a machine has', () => {
  const files = Array.from({ length: 170_000 }, (_, index) => `/sys/class/hwmon/hwmon1/temp${index}_input:5000\n`).join(
    '',
  );
  expect(temperature.parse(reading('', files), undefined).facts.sensors).toHaveLength(1_000);
});
