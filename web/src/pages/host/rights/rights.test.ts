import { expect, test } from 'vitest';
import { lackingRoot, sharingMessages } from './rights.ts';

const descriptions = [
  { name: 'firewall', title: 'Firewall', asRoot: ['/usr/sbin/nft -j list ruleset'] },
  { name: 'ports', title: 'Listening ports', asRoot: ['/usr/bin/ss -tulnpH'] },
  { name: 'processes', title: 'Processes', asRoot: [] },
];
const section = (reason: 'not-permitted' | 'timed-out' | null) => ({
  collectedAt: null,
  source: null,
  parts: null,
  error: reason && { reason, message: `It is ${reason}`, hint: '' },
});

test('sections need root that are not permitted and have commands for it', () => {
  const sections = {
    firewall: section('not-permitted'),
    ports: section('timed-out'),
    processes: section('not-permitted'),
  } as never;
  expect(lackingRoot(descriptions, sections)).toEqual([
    { name: 'firewall', title: 'Firewall', message: 'It is not-permitted' },
  ]);
  expect(lackingRoot(descriptions, {} as never)).toEqual([]);
});

test('a message that several sections have is said once for all of them', () => {
  const lacking = (name: string, message: string) => ({ name, title: name, message });
  expect([...sharingMessages([lacking('a', 'x'), lacking('b', 'y'), lacking('c', 'x')])]).toEqual([
    ['a', true],
    ['b', false],
    ['c', true],
  ]);
});
