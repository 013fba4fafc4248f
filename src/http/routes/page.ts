import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import { pageAddresses } from '../../model/page-addresses.ts';
import type { Server } from '../route.ts';

const built = fileURLToPath(new URL('../../../web/dist/', import.meta.url));
const notBuilt = '<!doctype html><title>Sonde</title><p>The page is not built yet: run <code>npm run build</code>.';
const yearSeconds = 31_536_000;

/**
 * The web page, as built by `npm run build`. An address that belongs to neither the page nor the API is a 404 in JSON.
 */
export async function pageRoutes(server: Server): Promise<void> {
  const page = { config: { access: 'public', isPage: true }, schema: { hide: true }, helmet: {} } as const;
  if (!existsSync(`${built}index.html`)) {
    for (const url of pageAddresses)
      server.get(url, page, async (_request, reply) => reply.code(503).type('text/html; charset=utf-8').send(notBuilt));
    return;
  }
  await server.register(files, { root: built, serve: false, preCompressed: true });
  for (const url of pageAddresses) {
    server.get(url, page, async (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false }),
    );
  }
  // Their names contain a hash of their content.
  server.get('/assets/:file', page, async (request, reply) =>
    reply.sendFile(`assets/${(request.params as { file: string }).file}`, {
      maxAge: yearSeconds * 1000,
      immutable: true,
    }),
  );
  for (const file of ['favicon.svg', 'theme.js']) {
    server.get(`/${file}`, page, async (_request, reply) => reply.sendFile(file, { maxAge: 3_600_000 }));
  }
}
