import Type from 'typebox';
import { userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { about, type Server } from '../route.ts';
import { importBody as body, importPreview, importResult } from '../schemas/imports.ts';

/** Thousands of hosts with their keys are larger than what other routes take. */
const bodyLimit = 25_165_824;

/** Hosts from files that people already have, and back into files. */
export function importRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.post(
    '/hosts/import/preview',
    {
      bodyLimit,
      ...about('manage-all', 'hosts', 'What an import would do', { body, response: { 200: importPreview } }),
    },
    async (request) => hosts.previewImport(userOf(request), request.body),
  );

  server.post(
    '/hosts/import',
    {
      bodyLimit,
      ...about('manage-all', 'hosts', 'Adds the hosts of files: all that can be saved in one step, or none', {
        body,
        response: { 200: importResult },
      }),
    },
    async (request) => {
      const result = await hosts.importHosts(userOf(request), request.body);
      for (const { name } of result.credentials) await audited(request, 'credential-added', { target: name });
      if (result.created.length > 0) {
        await audited(request, 'hosts-imported', { details: { hosts: result.created.map(({ id }) => id) } });
        await control.settingsChanged();
      }
      return result;
    },
  );

  server.get(
    '/hosts/export',
    about('manage-all', 'hosts', 'The hosts that the user manages, as a file without secrets', {
      querystring: Type.Object({
        format: Type.Optional(Type.String({ description: 'json, csv or ssh-config; json when it is not given' })),
      }),
      response: { 200: Type.String({ description: 'See docs/import.md for the JSON' }) },
    }),
    async (request, reply) => {
      const { name, type, text } = await hosts.exportHosts(userOf(request), request.query.format ?? 'json');
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
