import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { aliasPrefix } from './paths/aliases.ts';

/** What the OpenAPI document says besides the routes. */
export function openApiOf(version: string, basePath: string): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sonde',
      version: version,
      description:
        'Server stats over SSH, with nothing to install on the servers. ' +
        `The paths for status, metrics, connections and global settings also work below ${aliasPrefix}.`,
    },
    ...(basePath === '' ? {} : { servers: [{ url: basePath }] }),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A session JWT or an API key.' },
        basic: { type: 'http', scheme: 'basic', description: 'An API key as the password, for Prometheus.' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'jwt' },
      },
    },
    security: [{ bearer: [] }, { cookie: [] }],
  };
}
