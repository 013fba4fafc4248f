import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeOf } from '../lib/names/place.ts';
import { Canaries, defaultGateway } from './canaries.ts';

test('a place that accepts or refuses answers; what answered once is proven until it is named no more', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  let places = [{ address: '127.0.0.1', port }];
  const canaries = new Canaries({ named: async () => places });
  expect(await canaries.ask()).toEqual({ answers: true, isProven: true });
  await new Promise((done) => server.close(done));
  // Nothing listens there any more: the machine refuses, so it is there.
  expect(await canaries.ask()).toEqual({ answers: true, isProven: true });
  const silent = new Canaries({ named: async () => places, answers: async () => false });
  expect(await silent.ask()).toEqual({ answers: false, isProven: false });
  places = [];
  const none = new Canaries({ named: async () => places, gateway: async () => null });
  expect(await none.ask()).toEqual({ answers: false, isProven: false });
});

test('the default gateway is asked where nobody named a place', async () => {
  const asked: string[] = [];
  const canaries = new Canaries({
    named: async () => [],
    gateway: async () => '192.0.2.1',
    answers: async ({ address, port }) => {
      asked.push(`${address}:${port}`);
      return port === 443;
    },
  });
  expect(await canaries.ask()).toEqual({ answers: true, isProven: true });
  expect(asked).toContain('192.0.2.1:443');
});

test("the default gateway is read from Linux's table of routes", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'route-'));
  const file = join(folder, 'route');
  const head = 'Iface\tDestination\tGateway\tFlags\n';
  writeFileSync(file, `${head}eth0\t0000FEA9\t00000000\t0001\neth0\t00000000\t0102A8C0\t0003\n`);
  expect(await defaultGateway(file)).toBe('192.168.2.1');
  writeFileSync(file, `${head}eth0\t0002A8C0\t00000000\t0001\n`);
  expect(await defaultGateway(file)).toBeNull();
  rmSync(folder, { recursive: true });
});

test.each([
  ['192.0.2.1:443', { address: '192.0.2.1', port: 443 }],
  ['[2001:db8::1]:53', { address: '2001:db8::1', port: 53 }],
  ['example.org:443', null],
  ['192.0.2.1', null],
  ['192.0.2.1:0', null],
  ['192.0.2.1:65536', null],
  ['2001:db8::1:53', null],
  ['[192.0.2.1]:53', null],
])('%s as a place', (text, place) => {
  expect(placeOf(text)).toEqual(place);
});
