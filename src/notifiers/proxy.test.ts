import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answers, openSink, type Sink } from '../../test/support/notify-sink.ts';
import { readConfigOf } from './config.ts';
import { email } from './kinds/email.ts';
import { ntfy } from './kinds/ntfy.ts';
import { testMessage } from './message.ts';
import { createSender } from './send.ts';

let sink: Sink;
let proxy: Server;
let port: number;
/** What the proxy was asked for. */
const asked: { readonly target: string | undefined; readonly login: string | undefined }[] = [];
let refuses = false;
/** Where the proxy connects to, by the port that it is asked for; otherwise to the sink. */
const behind = new Map<string, number>();
const closers: (() => void)[] = [];

/** A certificate for both names, which is trusted as long as this file runs. */
function trusted(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = 'subjectAltName=DNS:chat.invalid,DNS:mail.invalid';
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, '-subj', '/CN=test', '-addext', names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  const usual = getCACertificates('default');
  setDefaultCACertificates([...usual, pair.cert.toString()]);
  closers.push(() => setDefaultCACertificates(usual));
  return pair;
}

beforeAll(async () => {
  sink = await openSink();
  sink.behave(answers(200, '{"id":"1"}'));
  proxy = createServer();
  // It resolves every name to the sink.
  proxy.on('connect', (request, socket) => {
    asked.push({ target: request.url, login: request.headers['proxy-authorization'] });
    if (refuses) return void socket.end('HTTP/1.1 403 Filtered\r\n\r\n');
    const inner = behind.get(request.url?.split(':')[1] ?? '') ?? Number(new URL(sink.url).port);
    const to = connect(inner, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      socket.pipe(to).pipe(socket);
    });
    to.on('error', () => {}).on('close', () => socket.destroy());
    socket.on('error', () => {}).on('close', () => to.destroy());
  });
  await new Promise<void>((done) => void proxy.listen(0, '127.0.0.1', done));
  port = (proxy.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const close of closers) close();
  await sink.close();
  await new Promise<void>((done) => void proxy.close(() => done()));
});
beforeEach(() => {
  asked.splice(0);
  sink.seen.splice(0);
  refuses = false;
});

const send = (url: string, isAdmin = true, permitted: readonly string[] = []) =>
  createSender({ permitted, proxy: new URL(`http://me:secret@127.0.0.1:${port}`), now: () => 0 })(
    ntfy,
    readConfigOf(ntfy, { url, topic: 't' }),
    testMessage({ key: 'k', at: 0, baseUrl: null }),
    isAdmin,
  );

test('a service whose name only the proxy knows is reached through it, with its login', async () => {
  expect(await send('http://chat.invalid')).toMatchObject({ result: 'sent' });
  expect(asked).toEqual([{ target: 'chat.invalid:80', login: `Basic ${Buffer.from('me:secret').toString('base64')}` }]);
  expect(sink.seen).toMatchObject([{ method: 'POST', path: '/' }]);
});

test('what is in a private network or on this machine is reached directly where that is permitted, and never through the proxy', async () => {
  expect(await send(sink.url, false, ['127.0.0.0/8'])).toMatchObject({ result: 'sent' });
  expect(await send(sink.url)).toMatchObject({ result: 'refused' });
  expect(await send('http://169.254.169.254')).toMatchObject({ result: 'refused' });
  expect(await send('http://metadata.invalid')).toMatchObject({ result: 'refused' });
  expect(await send('http://10.0.0.1', false)).toMatchObject({ result: 'refused' });
  expect(asked).toEqual([]);
});

test('what the proxy answers is said, and tried again', async () => {
  refuses = true;
  expect(await send('http://chat.invalid')).toEqual({
    result: 'again',
    answer: 'The proxy did not connect to chat.invalid port 80: 403 Filtered',
  });
});

test('through the proxy, a service and a mail server prove by TLS who they are, and the proxy reads nothing', async () => {
  const pair = trusted();
  const bodies: string[] = [];
  const https = createTls(pair, (request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    request.on('end', () => response.end('{"id":"1"}'));
  });
  const mails: string[] = [];
  const mail = new SMTPServer({
    ...pair,
    onAuth: ({ username, password }, _session, done) => done(null, { user: `${username}:${password}` }),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(`${String(session.user)} ${Buffer.concat(chunks).toString()}`);
        done();
      });
    },
  });
  mail.on('error', () => {});
  closers.push(
    () => https.close(),
    () => mail.close(),
  );
  await new Promise<void>((done) => void https.listen(0, '127.0.0.1', done));
  await new Promise<void>((done) => void mail.listen(0, '127.0.0.1', done));
  behind.set('443', (https.address() as AddressInfo).port).set('587', (mail.server.address() as AddressInfo).port);
  expect(await send('https://chat.invalid')).toMatchObject({ result: 'sent' });
  expect(bodies.join('')).toContain('Test message from Sonde');
  const config = (host: string) =>
    readConfigOf(email, { host, username: 'u', password: 'p', from: 'sonde@example.org', to: ['ops@example.org'] });
  const mailed = (host: string) =>
    createSender({ permitted: [], proxy: new URL(`http://127.0.0.1:${port}`), now: () => 0 })(
      email,
      config(host),
      testMessage({ key: 'k', at: 0, baseUrl: null }),
      true,
    );
  expect(await mailed('mail.invalid')).toMatchObject({ result: 'sent' });
  expect(mails[0]).toMatch(/^u:p .*Message-ID: <k@example\.org>/is);
  expect(asked.map(({ target }) => target)).toEqual(['chat.invalid:443', 'mail.invalid:587']);
  // Another one behind the same proxy is not the one that was asked for.
  for (const verdict of [await send('https://other.invalid'), await mailed('other.invalid')])
    expect(verdict).toMatchObject({ result: 'again', answer: expect.stringMatching(/certificate|altnames/i) });
  expect([bodies.length, mails.length]).toEqual([1, 1]);
});
