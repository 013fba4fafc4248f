import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isPlain, type Published, published, secretText } from '../../test/support/notify-rules.ts';
import { answers, endless, hangs, openSink, type Sink } from '../../test/support/notify-sink.ts';
import { channelKinds } from '../model/alerts/channel.ts';
import type { Message, MessageItem } from '../model/alerts/message.ts';
import { type ChannelConfig, readConfigOf } from './config.ts';
import { notifierOf, notifiers } from './index.ts';
import type { Notifier } from './notifier.ts';
import { createSender } from './send.ts';

/** What hosts may be called: markup of every service, calls to everybody, other lines, other headers, half a character. */
const hostile = `<!channel> @everyone [x](http://evil) *b* _i_ \`c\` <b>"&'\r\nBcc: x@evil\u2028\u202egnp\ud800 {{name}} </script>`;

const item = (id: number, more: Partial<MessageItem> = {}): MessageItem => ({
  incidentId: id,
  transition: 'open',
  severity: 'critical',
  hostId: id,
  host: `web${id} ${hostile}`,
  ruleKey: 'default:disk-nearly-full',
  about: 'filesystem_used_ratio',
  labels: { mount: `/ ${hostile}` },
  value: 0.97,
  threshold: 0.9,
  rule: `Disk nearly full ${hostile}`,
  summary: `/ is 97 % full ${hostile.repeat(100)}`,
  openedAt: 1_700_000_000_000,
  closedAt: null,
  url: `https://sonde.example/alerts/incidents/${id}`,
  ...more,
});

const message = (more: Partial<Message> = {}): Message => ({
  key: 'key-1',
  title: `web: ${hostile.repeat(50)}`,
  lines: Array.from({ length: 1_000 }, (_, index) => `${index} ${hostile} ${'ü🎉'.repeat(40)}`),
  severity: 'critical',
  isOver: false,
  at: 1_700_000_000_000,
  url: 'https://sonde.example/alerts/incidents',
  items: Array.from({ length: 50 }, (_, index) => item(index + 1)),
  more: 0,
  storm: null,
  ...more,
});

let sink: Sink;
beforeAll(async () => {
  sink = await openSink();
});
afterAll(() => sink.close());
beforeEach(() => void sink.seen.splice(0));

const limits = { connectMs: 5_000, allMs: 10_000, answerBytes: 65_536 };
const options = { permitted: ['127.0.0.0/8'], now: () => 1_700_000_000_000 };
const sender = createSender({ ...options, limits });

/** What the channel is, with the sink as its service. */
function open(kind: string): {
  readonly notifier: Notifier;
  readonly config: ChannelConfig;
  readonly rules: Published;
} {
  const notifier = notifierOf(kind);
  const rules = published[kind];
  if (notifier === null || rules === undefined) throw new Error(`no ${kind}`);
  return { notifier, config: readConfigOf(notifier, rules.config(sink.url)), rules };
}

test('every kind of channel is in the list once, and has its rules here', () => {
  expect(notifiers.map(({ kind }) => kind).sort()).toEqual([...channelKinds].sort());
  expect(Object.keys(published).sort()).toEqual(channelKinds.filter((kind) => kind !== 'email').sort());
});

describe.each(Object.keys(published))('%s', (kind) => {
  const send = (given: Message = message({ items: [item(1)] })) => {
    const { notifier, config } = open(kind);
    return sender(notifier, config, given, false);
  };

  test('keeps to the published rules of the service, whatever hosts are called', async () => {
    const { rules } = open(kind);
    sink.behave(answers(...rules.ok));
    expect(await send(message())).toMatchObject({ result: 'sent' });
    expect(sink.seen.length).toBeGreaterThan(0);
    for (const one of sink.seen) {
      rules.check(one, sink.url);
      expect(isPlain(one.body)).toBe(true);
      expect(isPlain(decodeURIComponent(one.body.replace(/%(?![0-9A-F]{2})/g, '%25')))).toBe(true);
    }
  });

  test('sends a test and the end of an incident', async () => {
    sink.behave(answers(...open(kind).rules.ok));
    expect(await send(message({ items: [], title: 'Test', lines: [], url: null }))).toMatchObject({ result: 'sent' });
    const closed = item(1, { transition: 'close', closedAt: 1_700_000_060_000 });
    expect(await send(message({ items: [closed], isOver: true }))).toMatchObject({ result: 'sent' });
  });

  test('tries again after a 500, and as late as a 429 asks, at most an hour', async () => {
    sink.behave(answers(500, 'broken'));
    expect(await send()).toMatchObject({ result: 'again', answer: 'HTTP 500: broken' });
    sink.behave(answers(429, 'slow down', { 'retry-after': '7' }));
    expect(await send()).toMatchObject({ result: 'again', afterMs: 7_000 });
    sink.behave(answers(429, 'slow down', { 'retry-after': '999999' }));
    expect(await send()).toMatchObject({ result: 'again', afterMs: 3_600_000 });
  });

  test('is refused by 401, 404 and a redirect, which is not followed', async () => {
    sink.behave(answers(401, 'who are you'));
    expect(await send()).toMatchObject({ result: 'refused' });
    sink.behave(answers(404, `no ${secretText} here`));
    const missing = await send();
    expect(missing.result).toBe('refused');
    if (kind !== 'apprise') expect(missing.answer).toBe('HTTP 404: no •••• here');
    sink.seen.splice(0);
    sink.behave(answers(302, '', { location: 'http://169.254.169.254/latest/meta-data' }));
    expect(await send()).toMatchObject({ result: 'refused' });
    expect(sink.seen).toHaveLength(1);
  });

  test('gives up what the service calls wrong', async () => {
    sink.behave(answers(400, 'bad'));
    expect(await send()).toMatchObject({ result: 'dead', answer: 'HTTP 400: bad' });
  });

  test('reads 64 KiB of an answer of 1 GB', async () => {
    sink.behave(endless);
    const before = sink.written();
    const { answer } = await send();
    expect(answer.length).toBeLessThanOrEqual(400);
    expect(sink.written() - before).toBeLessThan(64 * 1_048_576);
  });

  test('leaves a service that never answers', async () => {
    sink.behave(hangs);
    const { notifier, config } = open(kind);
    const hasty = createSender({ ...options, limits: { ...limits, allMs: 100 } });
    const verdict = await hasty(notifier, config, message({ items: [item(1)] }), false);
    expect(verdict).toEqual({ result: 'again', answer: '127.0.0.1 did not answer in time' });
  });

  test('reaches neither this machine nor a private network of a user, unless that is permitted', async () => {
    const { notifier, config } = open(kind);
    const strict = createSender({ ...options, permitted: [], limits });
    expect(await strict(notifier, config, message(), true)).toMatchObject({ result: 'refused' });
    expect(sink.seen).toEqual([]);
  });
});

test('a service that answers 200 with its login page has not taken the message', async () => {
  sink.behave(answers(200, '<html>Log in'));
  for (const kind of ['slack', 'mattermost', 'discord', 'telegram', 'ntfy', 'gotify', 'pushover', 'matrix']) {
    const { notifier, config } = open(kind);
    expect([kind, (await sender(notifier, config, message(), false)).result]).toEqual([kind, 'refused']);
  }
});

test('pauses that services put in the body are kept, and a group of Telegram that moved is found again', async () => {
  const ask = (kind: string) => sender(open(kind).notifier, open(kind).config, message(), false);
  sink.behave(answers(429, '{"retry_after":1.5}'));
  expect(await ask('discord')).toMatchObject({ result: 'again', afterMs: 1_500 });
  sink.behave(answers(429, '{"ok":false,"parameters":{"retry_after":9}}'));
  expect(await ask('telegram')).toMatchObject({ result: 'again', afterMs: 9_000 });
  sink.behave(answers(400, '{"ok":false,"parameters":{"migrate_to_chat_id":-1001}}'));
  expect(await ask('telegram')).toMatchObject({ result: 'again', afterMs: 0, change: { chatId: '-1001' } });
  sink.behave(answers(404, 'no_team'));
  expect(await ask('slack')).toMatchObject({ result: 'dead' });
  sink.behave(answers(204, ''));
  expect(await ask('apprise')).toMatchObject({ result: 'refused' });
});

test('an incident that ends has the key of its opening where a service keeps incidents', async () => {
  const closed = message({ items: [item(7, { transition: 'close', closedAt: 1_700_000_060_000 })], isOver: true });
  const ask = (kind: string) => sender(open(kind).notifier, open(kind).config, closed, false);
  sink.behave(answers(202, '{}'));
  await ask('pagerduty');
  expect(JSON.parse(sink.seen[0]?.body ?? '')).toMatchObject({
    event_action: 'resolve',
    dedup_key: 'sonde-incident-7',
  });
  await ask('opsgenie');
  expect(sink.seen[1]?.path).toBe('/v2/alerts/sonde-incident-7/close?identifierType=alias');
  await ask('alertmanager');
  expect(JSON.parse(sink.seen[2]?.body ?? '')[0].endsAt).toBe('2023-11-14T22:14:20.000Z');
});

test('an incident that somebody looks after is acknowledged where a service calls people, also with its opening', async () => {
  sink.behave(answers(202, '{}'));
  const acknowledged = item(7, { transition: 'acknowledge', isAcknowledged: true });
  for (const kind of ['pagerduty', 'opsgenie']) {
    await sender(open(kind).notifier, open(kind).config, message({ items: [acknowledged] }), false);
    const opening = { ...acknowledged, transition: 'open' as const };
    await sender(open(kind).notifier, open(kind).config, message({ items: [opening] }), false);
  }
  const actions = sink.seen.slice(0, 3).map(({ body }) => (JSON.parse(body) as { event_action: string }).event_action);
  expect(actions).toEqual(['acknowledge', 'trigger', 'acknowledge']);
  const acknowledge = '/v2/alerts/sonde-incident-7/acknowledge?identifierType=alias';
  expect(sink.seen.slice(3).map(({ path }) => path)).toEqual([acknowledge, '/v2/alerts', acknowledge]);
});
