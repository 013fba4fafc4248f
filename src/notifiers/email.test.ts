import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../model/alerts/message.ts';
import { readConfigOf } from './config.ts';
import { email } from './kinds/email.ts';
import { createSender } from './send.ts';

let server: SMTPServer;
let port: number;
const mails: string[] = [];
/** What the server says to the next recipient. */
let reply: number | null = null;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    onRcptTo: (_address, _session, done) =>
      reply === null ? done() : done(Object.assign(new Error('not now'), { responseCode: reply })),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  // A client that leaves is an error to it.
  server.on('error', () => {});
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  port = (server.server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((done) => server.close(done)));

const message: Message = {
  key: 'key-1',
  title: 'web\r\nBcc: x@evil.example: Disk nearly full',
  lines: ['<img src=x> is 97 % full', 'Since then'],
  severity: 'critical',
  isOver: false,
  at: 0,
  url: 'https://sonde.example/alerts/incidents/7',
  items: [
    {
      incidentId: 7,
      transition: 'open',
      severity: 'critical',
      hostId: 1,
      host: 'web',
      ruleKey: 'default:disk',
      rule: 'Disk',
      about: 'disk',
      labels: {},
      value: null,
      threshold: null,
      summary: '',
      openedAt: 0,
      closedAt: null,
      url: null,
    },
  ],
  more: 0,
  storm: null,
};
const send = createSender({ permitted: ['127.0.0.0/8'], now: () => 0 });
const config = (more: object = {}) =>
  readConfigOf(email, {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'sonde@example.org',
    to: ['ops@example.org'],
    ...more,
  });

test('arrives as text and HTML, with the key as its id, in the thread of its incident; names add no header', async () => {
  expect(await send(email, config(), message, false)).toMatchObject({ result: 'sent' });
  const [mail = ''] = mails;
  const [head = ''] = mail.split('\r\n\r\n');
  expect(head).toMatch(/^Message-ID: <key-1@example.org>$/im);
  expect(head).toMatch(/^References: <sonde-incident-7@example.org>$/im);
  expect(head).toMatch(/^X-Priority: 1/im);
  expect(head).not.toMatch(/^Bcc:/im);
  expect(mail).toContain('<img src=x> is 97 % full');
  expect(mail).toContain('&#60;img');
});

test('a 4yz is tried again, a 5yz is not', async () => {
  reply = 451;
  expect(await send(email, config(), message, false)).toMatchObject({ result: 'again' });
  reply = 550;
  const verdict = await send(email, config(), message, false);
  reply = null;
  expect(verdict).toMatchObject({ result: 'dead' });
  expect(verdict.answer).toContain('550');
});

test('a server whose certificate nobody vouches for gets nothing', async () => {
  mails.splice(0);
  const verdict = await send(
    email,
    config({ security: 'starttls', username: 'u', password: 'the-password' }),
    message,
    false,
  );
  expect(verdict.result).toBe('again');
  expect(verdict.answer).toMatch(/certificate/i);
  expect(mails).toEqual([]);
});

test('a password is never sent unencrypted, and one address is one address', () => {
  expect(() => config({ username: 'u', password: 'p' })).toThrow(
    'Without encryption, the password would be sent in the clear',
  );
  expect(() => config({ to: ['a@example.org, b@example.org'] })).toThrow('config.to');
  expect(() => config({ from: 'x <a@example.org>' })).toThrow('config.from');
});

test('is not sent to this machine unless that is permitted', async () => {
  const strict = createSender({ permitted: [], now: () => 0 });
  expect(await strict(email, config(), message, true)).toMatchObject({ result: 'refused' });
});
