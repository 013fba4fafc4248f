import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchema,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import Type from 'typebox';
import type { Access } from './auth.ts';

/** The server as routes see it: schemas give the types. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const problem = Type.Object(
  { error: Type.String(), code: Type.Optional(Type.String()) },
  { additionalProperties: true },
);

/** A route's options: who may call it, what it is, what it takes. Answers are described, not filtered. */
export function about<Schema extends FastifySchema>(access: Access, tag: string, summary: string, schema: Schema) {
  return {
    config: { access },
    schema: {
      tags: [tag],
      summary,
      ...(access === 'public' ? { security: [] } : {}),
      ...schema,
      response: {
        '2xx': Type.Unknown({ description: 'Done' }),
        '4xx': problem,
        ...(schema.response as object | undefined),
      },
    },
  };
}

/** `:id` of a host; checked by `hostOf`, whose words the contract gives. */
export const idParams = Type.Object({ id: Type.String({ description: 'A positive integer' }) });
