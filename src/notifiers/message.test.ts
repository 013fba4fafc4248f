import { expect, test } from 'vitest';
import { defaultRules } from '../alerts/judging/default-rules.ts';
import type { Incident } from '../model/alerts/incident.ts';
import { messageOf } from './message.ts';

const { 'host-down': rule } = defaultRules;
if (rule === undefined) throw new Error('There is no rule for hosts that are down');
const incident: Incident = {
  id: 1,
  userId: 'ann',
  ruleKey: 'default:host-down',
  hostId: 1,
  hostName: 'bastion',
  labels: {},
  rule: { ...rule, id: null, ownerId: 'ann', base: 'host-down' },
  severity: 'critical',
  openedAt: 0,
  closedAt: null,
  closeReason: null,
  value: null,
  peak: null,
  summary: 'It does not answer',
  flips: 0,
  ackedBy: null,
  ackedAt: null,
  note: '',
  mutedBy: null,
  told: true,
  behind: 0,
};
const options = { key: 'key', at: 300_000, baseUrl: null };

test('a message about a jump host has whole sentences about it and what is behind it', () => {
  const { lines } = messageOf([{ transition: 'open', incident, behind: 212 }], options);
  expect(lines[0]).toBe('It does not answer. 212 hosts behind it cannot be reached either.');
  expect(lines[1]).toBe('Opened 1970-01-01 00:00:00 UTC, after 2 minutes of it');
});

test('a message that it is over says after how long, as a sentence of its own', () => {
  const over = { ...incident, closedAt: 300_000, summary: 'Nothing listens there.' };
  expect(messageOf([{ transition: 'close', incident: over }], options).lines[0]).toMatch(
    /^Nothing listens there\. It was open for 5 min/,
  );
  const { lines } = messageOf([{ transition: 'close', incident: over }], options);
  expect(lines[1]).toBe('From 1970-01-01 00:00:00 UTC until 1970-01-01 00:05:00 UTC');
});
