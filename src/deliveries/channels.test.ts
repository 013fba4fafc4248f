import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ada, bob, startHosts } from '../../test/support/hosts.ts';
import { answers, openSink, type Sink } from '../../test/support/notify-sink.ts';
import type { Database } from '../db/schema.ts';
import { createSealer } from '../lib/seal.ts';
import { createSender } from '../notifiers/send.ts';
import { Channels } from './channels.ts';

let sink: Sink;
let db: Database;
let channels: Channels;
beforeAll(async () => {
  sink = await openSink();
});
afterAll(() => sink.close());
beforeEach(async () => {
  ({ db } = await startHosts());
  const clock = { now: () => 1_700_000_000_000 };
  const send = createSender({ permitted: ['127.0.0.0/8'], now: clock.now });
  channels = new Channels({ db, sealer: createSealer(randomBytes(32)), clock, send, newKey: () => 'key-1' });
});

const ntfy = () => ({ kind: 'ntfy', name: 'Phone', config: { url: sink.url, topic: 't', token: 'the-secret-token' } });

test('secrets are sealed, masked, and stay when their masks come back', async () => {
  const made = await channels.create(ada.id, ntfy());
  expect(made.config).toEqual({ url: sink.url, topic: 't', token: '••••' });
  expect(JSON.stringify(await db.selectFrom('channels').selectAll().execute())).not.toContain('the-secret-token');
  await channels.update(ada.id, made.id, { name: 'Tablet', config: { ...made.config, topic: 'u' } });
  sink.behave(answers(200, '{"id":"1"}'));
  expect((await channels.test(ada.id, made.id)).verdict.result).toBe('sent');
  expect(sink.seen.at(-1)?.headers.authorization).toBe('Bearer the-secret-token');
  expect(await channels.list(ada.id)).toMatchObject([{ name: 'Tablet', config: { topic: 'u', token: '••••' } }]);
});

test('a secret does not follow to another server unless it is entered again', async () => {
  const { id, config } = await channels.create(ada.id, ntfy());
  const moved = { ...config, url: 'https://evil.example' };
  await expect(channels.update(ada.id, id, { config: moved })).rejects.toThrow('enter token again');
  const { id: slack } = await channels.create(ada.id, {
    kind: 'slack',
    name: 's',
    config: { url: 'https://hooks.slack.com/services/T/B/x' },
  });
  const shown = (await channels.list(ada.id)).find((one) => one.id === slack);
  expect(shown?.config).toEqual({ url: 'https://hooks.slack.com/••••' });
  await expect(channels.update(ada.id, slack, { config: { url: 'https://evil.example/••••' } })).rejects.toThrow(
    '••••',
  );
});

test('a test says what the service said, and the state of the channel follows it', async () => {
  const { id } = await channels.create(ada.id, ntfy());
  sink.behave(answers(403, '{"error":"forbidden for the-secret-token"}'));
  const { verdict } = await channels.test(ada.id, id);
  expect(verdict).toEqual({ result: 'refused', answer: 'HTTP 403: {"error":"forbidden for ••••"}' });
  expect(await channels.list(ada.id)).toMatchObject([{ state: 'refused', error: verdict.answer }]);
  sink.behave(answers(500, 'down'));
  await channels.test(ada.id, id);
  expect(await channels.list(ada.id)).toMatchObject([{ state: 'failing', error: 'HTTP 500: down' }]);
  sink.behave(answers(200, '{"id":"1"}'));
  await channels.test(ada.id, id);
  expect(await channels.list(ada.id)).toMatchObject([{ state: 'ok', error: null }]);
});

test('a group of Telegram that moved is told at its new place, which is kept', async () => {
  const config = { url: sink.url, token: '1:abcdefgh', chatId: '-1' };
  const { id } = await channels.create(ada.id, { kind: 'telegram', name: 'Group', config });
  sink.behave((response, { body }) =>
    body.includes('"-1"')
      ? answers(400, '{"ok":false,"parameters":{"migrate_to_chat_id":-1001}}')(response, sink.seen[0]!)
      : answers(200, '{"ok":true}')(response, sink.seen[0]!),
  );
  expect((await channels.test(ada.id, id)).verdict.result).toBe('sent');
  expect(await channels.list(ada.id)).toMatchObject([{ config: { chatId: '-1001', token: '••••' }, state: 'ok' }]);
});

test('nobody sees, changes, tests or removes a channel of somebody else', async () => {
  const { id } = await channels.create(ada.id, ntfy());
  expect(await channels.list(bob.id)).toEqual([]);
  await expect(channels.update(bob.id, id, { name: 'x' })).rejects.toThrow('Channel not found');
  await expect(channels.test(bob.id, id)).rejects.toThrow('Channel not found');
  await expect(channels.remove(bob.id, id)).rejects.toThrow('Channel not found');
  expect(await channels.remove(ada.id, id)).toBe('Phone');
});

test('what is wrong with a channel is named, and nobody has more than 50', async () => {
  await expect(channels.create(ada.id, { ...ntfy(), kind: 'pigeon' })).rejects.toThrow('kind must be one of email');
  await expect(channels.create(ada.id, { ...ntfy(), config: {} })).rejects.toThrow('config.topic is required');
  await expect(channels.create(ada.id, { ...ntfy(), filter: { atLeast: 'bad' } })).rejects.toThrow('filter.atLeast');
  for (const name of ['Pho\u200bne', 'Phоne'])
    await expect(channels.create(ada.id, { ...ntfy(), name })).rejects.toThrow(
      /^The name (contains invisible|mixes letters)/,
    );
  for (let made = 0; made < 50; made += 1) await channels.create(ada.id, ntfy());
  await expect(channels.create(ada.id, ntfy())).rejects.toThrow('at most 50 channels');
});
