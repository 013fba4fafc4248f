import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchema,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import Type, { type TSchema } from 'typebox';
import { type Access, accessTexts } from './access.ts';
import { problem } from './schemas/common.ts';

/** The server as routes see it; schemas provide the types. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a route accepts, and what it answers per status (`200`, `404`, …). */
type Described = FastifySchema & { readonly response: Readonly<Record<number, TSchema>> };

/** A route's options: who may call it, what it does, what it accepts. Answers are described, not filtered. */
export function about<Schema extends Described>(access: Access, tag: string, summary: string, schema: Schema) {
  const described = {
    tags: [tag],
    summary,
    ...(access === 'public' ? { security: [] } : { description: accessTexts[access] }),
    ...schema,
    response: { ...schema.response, '4xx': problem, '5xx': problem },
  };
  return { config: { access }, schema: described as Omit<Schema, 'response'> };
}

/** The answer about a host whose metrics are off. */
export const metricsOff = 'Metrics are turned off for this host; set metricsEnabled in its statsConfig';

/** A host's `:id`; checked by `hostOf`, whose wording the contract prescribes. */
export const idParams = Type.Object({ id: Type.String({ description: 'A positive integer' }) });
