import Type, { type TProperties } from 'typebox';
import { nullable, text, time } from '../../lib/schema.ts';
import { logStages } from '../../model/connection/log.ts';
import { reasons, stages } from '../../model/failure.ts';

export { count, nullable, number, text, time } from '../../lib/schema.ts';

/** The fields of a body that may be missing; handlers check them, so that the error is a sentence. */
export function fields<Names extends string>(descriptions: Readonly<Record<Names, string>>) {
  const all = Object.entries<string>(descriptions).map(([name, description]) => [
    name,
    Type.Optional(Type.Unknown({ description })),
  ]);
  const properties = Object.fromEntries(all) as { [Name in Names]: ReturnType<typeof optionalUnknown> };
  return Type.Object(properties, { additionalProperties: true });
}

function optionalUnknown() {
  return Type.Optional(Type.Unknown());
}

/** `{success: true}` and whatever else the answer contains. */
export function success<Properties extends TProperties = Record<never, never>>(
  properties: Properties = {} as Properties,
) {
  return Type.Object({ success: Type.Literal(true), ...properties });
}

export const message = Type.Object({ message: text });
export const problem = Type.Object({ error: Type.String({ description: 'One sentence' }), code: Type.Optional(text) });

export const failure = Type.Object(
  {
    stage: Type.Enum([...stages], { description: 'How far the attempt got' }),
    reason: Type.Enum([...reasons], { description: 'For a jump host, the reason of its own failure' }),
    message: text,
    hint: Type.String({ description: 'What to do' }),
    hop: Type.Optional(
      Type.Object(
        {
          index: Type.Integer({ minimum: 0, description: 'From Sonde outwards' }),
          hostId: nullable(Type.Integer({ description: 'Null for a proxy' })),
          name: text,
          failure: nullable(Type.Object({}, { description: "The jump host's own failure" })),
        },
        { description: 'The proxy or jump host that failed' },
      ),
    ),
  },
  { description: 'Why Sonde could not reach or read a host' },
);

export const hops = Type.Array(
  Type.Object({
    index: Type.Integer({ minimum: 0 }),
    kind: Type.Enum(['proxy', 'jump']),
    hostId: nullable(Type.Integer({ description: 'Null for a proxy' })),
    name: text,
    state: Type.Enum(['up', 'down', 'unknown']),
    failure: nullable(failure),
  }),
  { description: 'The hops of the route to the host, from Sonde outwards, as last seen' },
);

export const connectionLogs = Type.Array(
  Type.Object({
    type: Type.Enum(['info', 'success', 'warning', 'error']),
    stage: Type.Enum([...logStages]),
    message: text,
    timestamp: time,
    details: Type.Optional(Type.Record(Type.String(), Type.Union([text, Type.Number(), Type.Boolean(), Type.Null()]))),
  }),
  { description: 'What really happened, in order' },
);

/** The error of a route that connects to a host. */
export const connectionProblem = Type.Object({
  error: text,
  failure: Type.Optional(failure),
  connectionLogs: Type.Optional(connectionLogs),
  retryAt: Type.Optional(
    nullable(
      Type.String({
        description:
          'Only if a login is held back, so nothing was sent: when it may be tried; null: not until a person changes something',
      }),
    ),
  ),
});
