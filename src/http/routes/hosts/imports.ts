import Type from 'typebox';
import { RequestError } from '../../../lib/errors.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { leavingOf } from '../../leaving.ts';
import { about, type Server } from '../../route.ts';
import { importBody as body, importPreview, importResult } from '../../schemas/imports.ts';

/** Two megabytes of files are longer as JSON, and keys may come with them. */
const bodyLimit = 4_194_304;
/** A thread reads the body, so its contents are not described here. */
const validatorCompiler = () => () => true;

/** Import of hosts from files that people already have, and export to files. */
export function importRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    if (text === '' || isJson(request.headers['content-type'])) return done(null, text);
    done(new RequestError(415, 'The body must be JSON'));
  });

  server.post(
    '/hosts/import/preview',
    {
      bodyLimit,
      validatorCompiler,
      ...about('manage-all', 'hosts', 'What an import would do', { body, response: { 200: importPreview } }),
    },
    async (request, reply) => {
      const preview = await hosts.import.preview(userOf(request), textOf(request.body), leavingOf(reply));
      // Already the JSON that the schema describes.
      return reply
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(preview as never);
    },
  );

  server.post(
    '/hosts/import',
    {
      bodyLimit,
      validatorCompiler,
      ...about('manage-all', 'hosts', 'Adds the hosts in these files: all that can be saved, in one step, or none', {
        body,
        response: { 200: importResult },
      }),
    },
    async (request, reply) => {
      const result = await hosts.import.run(userOf(request), textOf(request.body), leavingOf(reply));
      for (const { name } of result.credentials) await audited(request, 'credential-added', { target: name });
      if (result.created.length > 0) {
        await audited(request, 'hosts-imported', { details: { hosts: result.created.map(({ id }) => id) } });
        await control.hostsChanged(result.created.map(({ id }) => id));
      }
      return result;
    },
  );

  server.get(
    '/hosts/export',
    about('manage-all', 'hosts', 'The hosts that the user manages, as a file without secrets', {
      querystring: Type.Object({
        format: Type.Optional(Type.String({ description: 'json (the default), csv or ssh-config' })),
      }),
      response: { 200: Type.String({ description: 'See docs/import.md for the JSON' }) },
    }),
    async (request, reply) => {
      const { name, type, text } = await hosts.export.write(userOf(request), request.query.format ?? 'json');
      await audited(request, 'hosts-exported', { target: name });
      return reply
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .type(type)
        .serializer(String)
        .send(text);
    },
  );
}

function isJson(type = ''): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(type);
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : '';
}
