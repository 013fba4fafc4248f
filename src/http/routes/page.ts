import { createHash } from 'node:crypto';
import files from '@fastify/static';
import { pageAddresses } from '../../model/page-addresses.ts';
import type { HttpContext } from '../context.ts';
import { frameAncestors } from '../guard/headers.ts';
import { builtFolder, readIndexFile } from '../page/index-file.ts';
import { notBuiltHtml, notBuiltStyle } from '../page/not-built.ts';
import type { Server } from '../route.ts';

const yearSeconds = 31_536_000;
const notBuiltPolicy = (ancestors: readonly string[]) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'style-src': [notBuiltStyle],
      'base-uri': ["'none'"],
      'frame-ancestors': frameAncestors(ancestors),
    },
  },
});

/** The web page, as built by `npm run build`. An address that belongs to neither the page nor the API is a 404: see `page/missing.ts`. */
export async function pageRoutes(server: Server, { config }: HttpContext): Promise<void> {
  const page = { config: { access: 'public', isPage: true }, schema: { hide: true }, helmet: {} } as const;
  const html = readIndexFile(config.basePath);
  if (html === null) {
    const answer = notBuiltHtml(config.basePath);
    for (const url of pageAddresses)
      server.get(url, { ...page, helmet: notBuiltPolicy(config.frameAncestors) }, async (_request, reply) =>
        reply.code(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(answer),
      );
    return;
  }
  await server.register(files, { root: builtFolder, serve: false, preCompressed: true });
  const etag = `"${createHash('sha256').update(html).digest('base64url')}"`;
  for (const url of pageAddresses) {
    server.get(url, page, async (request, reply) => {
      reply.headers({ 'cache-control': 'no-cache', etag });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('text/html; charset=utf-8').send(html);
    });
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
