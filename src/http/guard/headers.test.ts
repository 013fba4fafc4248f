import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { pageHeaders } from './headers.ts';

async function framing(ancestors: readonly string[]) {
  const server = Fastify();
  await server.register(helmet, pageHeaders(false, ancestors));
  server.get('/', { helmet: {} }, async () => '');
  const { headers } = await server.inject('/');
  const [, sources] = /frame-ancestors ([^;]*)/.exec(String(headers['content-security-policy'])) ?? [];
  return [sources, headers['x-frame-options']];
}

test('the two headers about frames agree: no site, this one, or those that are named', async () => {
  expect(await framing([])).toEqual(["'none'", 'DENY']);
  expect(await framing(["'self'"])).toEqual(["'self'", 'SAMEORIGIN']);
  expect(await framing(["'self'", 'https://home.example.org'])).toEqual(["'self' https://home.example.org", undefined]);
});
