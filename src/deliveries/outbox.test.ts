import { expect, test } from 'vitest';
import { hostOf, newWorld } from '../../test/support/alerts-world.ts';
import { tellingLife } from '../../test/support/telling-world.ts';
import type { Verdict } from '../notifiers/notifier.ts';

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

test('what was over before it was told is not told, and the log says so; a host that flickers is not either', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  await sonde.fall([1], 125);
  sonde.up(1);
  await sonde.pass(90);
  expect(sonde.sent).toEqual([]);
  expect(await sonde.log(1)).toEqual([
    'opened  Nothing listens',
    'closed  recovered',
    'muted phone Not told: it was over before it was told',
  ]);
});

test('messages of a channel are a minute apart, critical ones 20 s, and what happens meanwhile is one message', async () => {
  const sonde = await tellingLife(await newWorld([1, 2, 3, 4].map((id) => hostOf(id))));
  await sonde.channel('phone');
  const samples = (ids: readonly number[]) => (second: number) => {
    for (const id of [1, 2, 3, 4]) if (second % 30 === 0) sonde.sample(id, ids.includes(id) ? 0.93 : 0.1, 0.1);
  };
  await sonde.pass(590, samples([1]));
  await sonde.pass(40, samples([1, 2, 3]));
  await sonde.pass(620, samples([1, 2, 3]));
  await sonde.pass(100, samples([1, 2, 3]));
  expect(sonde.titles()).toEqual(['host 1: Memory nearly gone', '2 problems on 2 hosts']);
  const [first, second] = sonde.sent;
  expect((second?.after ?? 0) - (first?.after ?? 0)).toBeGreaterThanOrEqual(60);
});

test('a service that fails is asked again with the same key, later each time, as late as it asks; then the close follows', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  const answers: Verdict[] = [
    { result: 'again', answer: 'HTTP 500' },
    { result: 'again', answer: 'HTTP 500' },
    { result: 'again', answer: 'HTTP 429', afterMs: 40_000 },
  ];
  sonde.answers(() => answers.shift() ?? { result: 'sent', answer: 'ok' });
  await sonde.fall([1], 145);
  sonde.up(1);
  await sonde.pass(180);
  const keys = sonde.sent.map(({ message }) => message.key);
  expect(keys.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => keys[0]));
  expect(sonde.titles().slice(3)).toEqual(['host 1: Host is down', 'Resolved: host 1: Host is down']);
  const gaps = sonde.sent.slice(1, 4).map(({ after }, index) => after - (sonde.sent[index]?.after ?? 0));
  expect(gaps.map((gap, index) => gap >= ([4, 12, 40][index] ?? 0) && gap <= ([7, 20, 73][index] ?? 0))).toEqual([
    true,
    true,
    true,
  ]);
  expect(await sonde.log(1)).toEqual([
    'opened  Nothing listens',
    'failed phone Tried again: HTTP 500',
    'closed  recovered',
    'told phone',
    'told phone',
  ]);
  expect(await sonde.deliveries.channels.list('ann')).toMatchObject([{ state: 'ok', error: null }]);
});

test('an opening that never got out is told together with its close', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  sonde.answers((_channel, { title }) =>
    title.startsWith('host') ? { result: 'dead', answer: 'HTTP 400' } : { result: 'sent', answer: 'ok' },
  );
  await sonde.fall([1], 145);
  sonde.up(1);
  await sonde.pass(90);
  expect(sonde.titles()).toEqual(['host 1: Host is down', 'Was open, resolved: host 1: Host is down']);
});

test('a channel that is refused waits, others are told of it, and what it is told once it works is true then', async () => {
  const world = await newWorld([hostOf(1), hostOf(2)]);
  const sonde = await tellingLife(world);
  const id = await sonde.channel('phone');
  await sonde.channel('mail');
  let works = false;
  sonde.answers((channel) =>
    channel === 'phone' && !works
      ? { result: 'refused', answer: 'HTTP 404: no topic' }
      : { result: 'sent', answer: 'ok' },
  );
  await sonde.fall([1, 2], 200);
  sonde.up(1);
  await sonde.pass(600, (second) => void (second % 10 === 0 && sonde.down(2)));
  const of = (name: string) => sonde.sent.filter(({ channel }) => channel === name).map(({ message }) => message.title);
  expect(of('phone')).toEqual(['2 problems on 2 hosts']);
  expect(of('mail')).toEqual([
    '2 problems on 2 hosts',
    'The channel phone does not work',
    'Resolved: host 1: Host is down',
  ]);
  expect(await sonde.deliveries.channels.list('ann')).toMatchObject([{ state: 'refused' }, { state: 'ok' }]);
  expect(await sonde.log(1)).toContain('failed phone Waits until the channel works: HTTP 404: no topic');
  works = true;
  await sonde.deliveries.channels.test('ann', id);
  await sonde.pass(5, (second) => void (second % 10 === 0 && sonde.down(2)));
  expect(of('phone').slice(2)).toEqual(['1 problem on 1 host, 1 resolved']);
});

test('without a channel the log says that nobody was told; the first channel is told what is open', async () => {
  const sonde = await tellingLife(await newWorld([hostOf(1), hostOf(2)]));
  expect(sonde.deliveries.outbox.hasChannel).toBe(false);
  await sonde.fall([1, 2], 300);
  sonde.up(2);
  await sonde.pass(60, (second) => void (second % 10 === 0 && sonde.down(1)));
  expect(await sonde.log(1)).toEqual(['opened  Nothing listens', 'failed  Nobody was told: you have no channel']);
  await sonde.channel('phone');
  expect(sonde.deliveries.outbox.hasChannel).toBe(true);
  await sonde.pass(40, (second) => void (second % 10 === 0 && sonde.down(1)));
  expect(sonde.titles()).toEqual(['host 1: Host is down']);
});

test('a rule is told where it says, and a channel is told what its filter takes; both told are told the end', async () => {
  const sonde = await tellingLife(await newWorld([hostOf(1), hostOf(2, { tags: ['db'] })]));
  const mail = await sonde.channel('mail');
  await sonde.channel('databases', { filter: { hosts: { tags: ['db'] } } });
  await sonde.channel('off', { enabled: false });
  const rule = sonde.alerts.rules.of('ann').find(({ base }) => base === 'host-down');
  if (!rule) throw new Error('no rule');
  await sonde.fall([1, 2], 150);
  await sonde.alerts.rules.create('ann', 'host-down', { ...rule, channels: [mail] });
  for (const id of [1, 2]) sonde.up(id);
  await sonde.pass(120);
  const of = (name: string) => sonde.sent.filter(({ channel }) => channel === name).map(({ message }) => message.title);
  expect(of('mail')).toEqual(['2 problems on 2 hosts', '2 problems resolved']);
  expect(of('databases')).toEqual(['host 2: Host is down', 'Resolved: host 2: Host is down']);
  await sonde.fall([2], 900);
  expect(of('off')).toEqual([]);
});
