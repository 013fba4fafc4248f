import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answers, openSink, type Sink } from '../../test/support/notify-sink.ts';
import { readConfigOf } from './config.ts';
import { ntfy } from './kinds/ntfy.ts';
import { testMessage } from './message.ts';
import { createSender } from './send.ts';

let sink: Sink;
let proxy: Server;
let port: number;
/** What the proxy was asked for. */
const asked: { readonly target: string | undefined; readonly login: string | undefined }[] = [];
let refuses = false;

beforeAll(async () => {
  sink = await openSink();
  sink.behave(answers(200, '{"id":"1"}'));
  proxy = createServer();
  // It resolves every name to the sink.
  proxy.on('connect', (request, socket) => {
    asked.push({ target: request.url, login: request.headers['proxy-authorization'] });
    if (refuses) return void socket.end('HTTP/1.1 403 Filtered\r\n\r\n');
    const to = connect(Number(new URL(sink.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      socket.pipe(to).pipe(socket);
    });
    to.on('error', () => socket.destroy());
    socket.on('error', () => to.destroy());
  });
  await new Promise<void>((done) => void proxy.listen(0, '127.0.0.1', done));
  port = (proxy.address() as AddressInfo).port;
});
afterAll(async () => {
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
