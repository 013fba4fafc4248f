import { expect, test } from 'vitest';
import { hostOf, newWorld } from '../../test/support/alerts-world.ts';
import { tellingLife } from '../../test/support/telling-world.ts';

test('a host that goes down and comes back is told once each, in order, and the log says to whom', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  await sonde.channel('mail');
  await sonde.fall([1]);
  await sonde.pass(30);
  sonde.up(1);
  await sonde.pass(120);
  const of = (name: string) => sonde.sent.filter(({ channel }) => channel === name).map(({ message }) => message.title);
  expect(of('phone')).toEqual(['host 1: Host is down', 'Resolved: host 1: Host is down']);
  expect(of('mail')).toEqual(of('phone'));
  expect(await sonde.log(1)).toEqual([
    'opened  Nothing listens',
    'told phone',
    'told mail',
    'closed  recovered',
    'told phone',
    'told mail',
  ]);
  expect(sonde.sent[0]?.message).toMatchObject({
    url: 'https://sonde.example/alerts/incidents/1',
    items: [{ hostId: 1, ruleKey: 'default:host-down', about: 'status', value: null, threshold: null }],
  });
});

test('a thousand hosts that fall are one message that names ten, counted by rule, folder and tag', async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => index + 1);
  const place = (id: number) => ({
    address: '192.0.2.1',
    folder: id % 2 ? 'berlin' : 'paris',
    tags: id > 900 ? ['db'] : [],
  });
  const sonde = await tellingLife(await newWorld(ids.map((id) => hostOf(id, place(id)))));
  await sonde.channel('phone');
  await sonde.fall(ids, 121);
  const opened = sonde.sent.length;
  await sonde.pass(60);
  expect(opened).toBe(0);
  expect(sonde.sent).toHaveLength(1);
  const [{ message } = { message: null }] = sonde.sent;
  expect(message?.title).toBe('1000 problems on 1000 hosts');
  expect(message?.lines.slice(10)).toEqual([
    '… and 990 more',
    'Host is down: 1000',
    'Folder berlin: 500',
    'Folder paris: 500',
    'Tag db: 100',
  ]);
  expect(message).toMatchObject({ more: 950, url: 'https://sonde.example/alerts/incidents' });
});

test('that an event is an hour ago is no message, but closes the entry of a service that has one', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  await sonde.channel('duty', {}, 'pagerduty');
  const details = { subject: 'restart' };
  const event = {
    id: 1,
    hostId: 1,
    at: 1_700_000_000_000,
    seenFrom: null,
    kind: 'reboot',
    severity: 'warning',
  } as const;
  sonde.bus.publishNews({ hostId: 1, events: [{ ...event, summary: 'Restarted', details, dedupeKey: '1' }], ends: [] });
  await sonde.pass(60);
  await sonde.pass(3_700);
  const of = (name: string) => sonde.sent.filter(({ channel }) => channel === name).map(({ message }) => message.title);
  expect(of('phone')).toEqual(['host 1: Restarted']);
  expect(of('duty')).toEqual(['host 1: Restarted', 'Resolved: host 1: Restarted']);
});

test('a jump host that is down is one message that says how many hosts are behind it, and one when it is back', async () => {
  const children = Array.from({ length: 200 }, (_, index) => index + 2);
  const sonde = await tellingLife(await newWorld([hostOf(1), ...children.map((id) => hostOf(id, { parents: [1] }))]));
  await sonde.channel('phone');
  for (const id of children) sonde.up(id);
  await sonde.pass(1);
  for (const id of children) sonde.behind(id, 1);
  await sonde.fall([1]);
  await sonde.pass(60);
  expect(sonde.sent).toHaveLength(1);
  expect(JSON.stringify(sonde.sent[0]?.message)).toContain('200 hosts behind it');
  sonde.up(1);
  for (const id of children) sonde.up(id);
  await sonde.pass(120);
  expect(sonde.sent.map(({ message }) => message.title)).toEqual([
    'host 1: Host is down',
    'Resolved: host 1: Host is down',
  ]);
});
