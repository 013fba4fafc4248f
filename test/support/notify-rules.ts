/** What the services that messages are sent to publish as their rules, as checks of one request. */
import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import type { ChannelConfig } from '../../src/notifiers/config.ts';
import type { Seen } from './notify-sink.ts';

export const secretText = 'a-secret-of-the-channel';

export type Published = {
  /** With the sink as the service. */
  readonly config: (url: string) => ChannelConfig;
  /** A success, as the service answers it. */
  readonly ok: readonly [number, string];
  /** The published rules of one request. */
  readonly check: (seen: Seen, url: string) => void;
};

const json = (seen: Seen) => {
  expect(seen.headers['content-type']).toBe('application/json');
  // biome-ignore lint/suspicious/noExplicitAny: a body's shape is what the checks find out
  return JSON.parse(seen.body) as any; // oxlint-disable-line typescript/no-explicit-any
};
const length = (text: unknown): number => String(text).length;
/** No text of a host begins another line, turns the writing around or is half a character. */
export const isPlain = (text: string): boolean => text.isWellFormed() && !/[\r\u2028\u202e]/.test(text);

export const published: Readonly<Record<string, Published>> = {
  slack: {
    config: (url) => ({ url: `${url}/services/${secretText}` }),
    ok: [200, 'ok'],
    check: (seen) => {
      const [one] = json(seen).attachments;
      expect(length(one.title)).toBeLessThanOrEqual(1_024);
      expect(`${one.title}${one.text}${one.fallback}`).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(one.mrkdwn_in).toEqual([]);
    },
  },
  mattermost: {
    config: (url) => ({ url: `${url}/hooks/${secretText}` }),
    ok: [200, 'ok'],
    check: (seen) => {
      const [one] = json(seen).attachments;
      expect(length(one.text)).toBeLessThanOrEqual(16_383);
      for (const text of [one.title, one.text]) {
        expect(text).not.toMatch(/@(everyone|here|all|channel)|<!/);
        expect(text).not.toMatch(/(?<!\\)[*_`[\]]/);
        // Its page shows a backslash before any other character.
        expect(text).not.toMatch(/(?<!\\)(\\\\)*\\[^\\`*_{}[\]()#+\-.!~|>]/);
      }
      expect(one.fallback).not.toMatch(/@(everyone|here|all|channel)/);
    },
  },
  discord: {
    config: (url) => ({ url: `${url}/api/webhooks/1/${secretText}` }),
    ok: [200, '{"id":"1"}'],
    check: (seen) => {
      expect(seen.path).toMatch(/\?wait=true$/);
      const { embeds, allowed_mentions: mentions } = json(seen);
      expect(embeds.length).toBeLessThanOrEqual(10);
      expect(length(embeds[0].title)).toBeLessThanOrEqual(256);
      expect(length(embeds[0].description)).toBeLessThanOrEqual(4_096);
      expect(mentions).toEqual({ parse: [] });
      expect(embeds[0].description).not.toMatch(/(?<!\\)[*_`[\]<]/);
    },
  },
  telegram: {
    config: (url) => ({ url, token: `1:${secretText}`, chatId: '-100', threadId: 4 }),
    ok: [200, '{"ok":true}'],
    check: (seen) => {
      expect(seen.path).toBe(`/bot1:${secretText}/sendMessage`);
      const sent = json(seen);
      expect(sent).toMatchObject({ chat_id: '-100', message_thread_id: 4, parse_mode: 'HTML' });
      expect(length(sent.text)).toBeLessThanOrEqual(4_096);
      const inside = sent.text.replace(/<\/?b>|<a href="[^"<>]*">|<\/a>/g, '');
      expect(inside).not.toMatch(/[<>]|&(?!#\d+;)/);
    },
  },
  ntfy: {
    config: (url) => ({ url, topic: 'alerts', token: secretText }),
    ok: [200, '{"id":"x"}'],
    check: (seen) => {
      expect([seen.path, seen.headers.authorization]).toEqual(['/', `Bearer ${secretText}`]);
      const sent = json(seen);
      expect(Buffer.byteLength(sent.message)).toBeLessThanOrEqual(4_096);
      expect(sent).toMatchObject({ topic: 'alerts', priority: 5 });
    },
  },
  gotify: {
    config: (url) => ({ url, token: secretText }),
    ok: [200, '{"id":1}'],
    check: (seen) => {
      expect([seen.path, seen.headers['x-gotify-key']]).toEqual(['/message', secretText]);
      expect(json(seen)).toMatchObject({ priority: 8, extras: { 'client::display': { contentType: 'text/plain' } } });
    },
  },
  pushover: {
    config: (url) => ({ url, token: secretText, user: 'user-key-1', emergency: true }),
    ok: [200, '{"status":1}'],
    check: (seen) => {
      expect(seen.path).toBe('/1/messages.json');
      const form = new URLSearchParams(seen.body);
      expect(length(form.get('title'))).toBeLessThanOrEqual(250);
      expect(length(form.get('message'))).toBeLessThanOrEqual(1_024);
      expect(length(form.get('url'))).toBeLessThanOrEqual(512);
      expect([form.get('priority'), form.get('retry'), form.get('expire')]).toEqual(['2', '60', '3600']);
      expect(form.get('html')).toBeNull();
    },
  },
  teams: {
    config: (url) => ({ url: `${url}/workflows/${secretText}` }),
    ok: [202, ''],
    check: (seen) => {
      expect(Buffer.byteLength(seen.body)).toBeLessThanOrEqual(28 * 1_024);
      const [card] = json(seen).attachments;
      expect(card.contentType).toBe('application/vnd.microsoft.card.adaptive');
      // What hosts say is never a text block, which reads Markdown.
      expect(JSON.stringify(card.content.body)).not.toContain('"TextBlock"');
    },
  },
  matrix: {
    config: (url) => ({ url, room: '!room:example.org', token: secretText }),
    ok: [200, '{"event_id":"$1"}'],
    check: (seen) => {
      expect(seen.method).toBe('PUT');
      expect(seen.path).toBe('/_matrix/client/v3/rooms/!room%3Aexample.org/send/m.room.message/key-1');
      expect(Buffer.byteLength(seen.body)).toBeLessThanOrEqual(65_536);
      const sent = json(seen);
      expect(sent).toMatchObject({ msgtype: 'm.text', 'm.mentions': {} });
      const inside = sent.formatted_body.replace(/<\/?strong>|<br\/>|<a href="[^"<>]*">|<\/a>/g, '');
      expect(inside).not.toMatch(/[<>]|&(?!#\d+;)/);
    },
  },
  pagerduty: {
    config: (url) => ({ url, routingKey: secretText }),
    ok: [202, '{"status":"success"}'],
    check: (seen) => {
      const sent = json(seen);
      expect([seen.path, sent.routing_key, sent.event_action]).toEqual(['/v2/enqueue', secretText, 'trigger']);
      expect(sent.dedup_key).toMatch(/^sonde-incident-\d+$/);
      expect(length(sent.payload.summary)).toBeLessThanOrEqual(1_024);
      expect(Buffer.byteLength(seen.body)).toBeLessThanOrEqual(512 * 1_024);
    },
  },
  opsgenie: {
    config: (url) => ({ url, apiKey: secretText }),
    ok: [202, '{"requestId":"1"}'],
    check: (seen) => {
      const sent = json(seen);
      expect([seen.path, seen.headers.authorization]).toEqual(['/v2/alerts', `GenieKey ${secretText}`]);
      expect(length(sent.message)).toBeLessThanOrEqual(130);
      expect(length(sent.alias)).toBeLessThanOrEqual(512);
      expect(sent.priority).toMatch(/^P[1-5]$/);
    },
  },
  alertmanager: {
    config: (url) => ({ url, username: 'sonde', password: secretText }),
    ok: [200, ''],
    check: (seen) => {
      const sent = json(seen);
      expect([seen.path, sent.length]).toEqual(['/api/v2/alerts', 50]);
      expect(seen.headers.authorization).toBe(`Basic ${Buffer.from(`sonde:${secretText}`).toString('base64')}`);
      for (const one of sent) {
        expect(Object.values(one.labels).every((value) => typeof value === 'string' && value !== '')).toBe(true);
        expect(Date.parse(one.endsAt)).toBeGreaterThan(Date.parse(one.startsAt));
      }
    },
  },
  apprise: {
    config: (url) => ({ url, key: 'all' }),
    ok: [200, ''],
    check: (seen) => {
      expect(seen.path).toBe('/notify/all');
      expect(json(seen)).toMatchObject({ type: 'failure', format: 'text' });
    },
  },
  webhook: {
    config: (url) => ({
      url: `${url}/hook`,
      method: 'PUT',
      headers: { 'X-Own': secretText },
      secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      oldSecret: `whsec_${Buffer.alloc(32, 8).toString('base64')}`,
    }),
    ok: [204, ''],
    check: (seen) => {
      expect([seen.method, seen.path, seen.headers['x-own']]).toEqual(['PUT', '/hook', secretText]);
      expect(Buffer.byteLength(seen.body)).toBeLessThanOrEqual(262_144);
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = seen.headers;
      expect(id).toBe('key-1');
      const expected = [7, 8].map((byte) =>
        createHmac('sha256', Buffer.alloc(32, byte))
          .update(`${String(id)}.${String(at)}.${seen.body}`)
          .digest('base64'),
      );
      expect(signatures).toBe(expected.map((one) => `v1,${one}`).join(' '));
      const sent = json(seen);
      expect(sent).toMatchObject({ version: 1, type: 'incidents.open', id: 'key-1', severity: 'critical' });
      expect(sent.incidents.length + sent.more).toBe(50);
    },
  },
};
