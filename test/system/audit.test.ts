/** The audit of what is shipped, against registries of our own. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { auditShipped, uncovered } from '../support/audit.ts';
import { requireRig } from '../support/rig.ts';

let server: Server | undefined;

beforeAll(() => {
  requireRig();
});

afterEach(() => {
  server?.close();
});

/** A registry that knows these advisories, or none of that service. Answers with its address. */
async function registry(advisories: object | null): Promise<string> {
  server = createServer((request, reply) => {
    request.resume();
    if (!request.url?.endsWith('/advisories/bulk')) reply.writeHead(404).end('{}');
    else if (advisories === null) reply.writeHead(405).end();
    else reply.setHeader('content-type', 'application/json').end(JSON.stringify(advisories));
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const advisory = (id: number, title: string) => ({
  id,
  url: `https://advisories.test/${id}`,
  title,
  severity: 'low',
  vulnerable_versions: '*',
  cwe: [],
  cvss: { score: 0, vectorString: null },
});

test('a hole in what is shipped is found, one in a tool is not, and a reasoned exception covers it', async () => {
  const url = await registry({
    fastify: [advisory(1, 'a hole'), advisory(2, 'another')],
    asn1: [advisory(3, 'a hole further in')],
    react: [advisory(4, 'a hole in the page')],
    vitest: [advisory(5, 'a hole in a tool')],
  });
  const audit = await auditShipped(url);
  if (!('holes' in audit)) throw new Error(audit.unavailable);
  const found = (holes: typeof audit.holes) => holes.map(({ name, title }) => `${name}: ${title}`).sort();
  expect(found(audit.holes)).toEqual([
    'asn1: a hole further in',
    'fastify: a hole',
    'fastify: another',
    'react: a hole in the page',
  ]);
  const left = uncovered(audit.holes, {
    'https://advisories.test/1': 'not called',
    'https://advisories.test/3': 'ours',
  });
  expect(found(left)).toEqual(['fastify: another', 'react: a hole in the page']);
});

test('a registry without this service is said to be one', async () => {
  expect(await auditShipped(await registry(null))).toEqual({ unavailable: expect.stringContaining('405') });
});
