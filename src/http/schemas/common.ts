import Type, { type TProperties } from 'typebox';
import { nullable, text, time } from '../../lib/schema.ts';
import { reasons, stages } from '../../model/failure.ts';

export { count, nullable, number, text, time } from '../../lib/schema.ts';

/** The fields of a body that may be missing; handlers check them, to say in a sentence what is wrong. */
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

/** `{success: true}` and what else the answer has. */
export function success<Properties extends TProperties>(properties?: Properties) {
  return Type.Object({ success: Type.Literal(true), ...properties });
}

export const message = Type.Object({ message: text });
export const problem = Type.Object({ error: Type.String({ description: 'One sentence' }), code: Type.Optional(text) });

export const failure = Type.Object(
  {
    stage: Type.Enum([...stages], { description: 'How far it came' }),
    reason: Type.Enum([...reasons], { description: 'Of a jump host: that of its own failure' }),
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
        { description: 'The proxy or jump host that is to blame' },
      ),
    ),
  },
  { description: 'Why a host could not be reached or read' },
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
  { description: 'The way to the host, from Sonde outwards, as it was when it was last gone' },
);

export const connectionLogs = Type.Array(
  Type.Object({
    type: Type.Enum(['info', 'success', 'warning', 'error']),
    stage: Type.String({
      description:
        'dns, tcp, proxy, jump, handshake, hostkey, auth, totp, connected, stats_connecting or stats_polling',
    }),
    message: text,
    timestamp: time,
    details: Type.Optional(Type.Object({})),
  }),
  { description: 'What really happened, in order' },
);

/** An error of a route that connects to a host. */
export const connectionProblem = Type.Object({
  error: text,
  failure: Type.Optional(failure),
  connectionLogs: Type.Optional(connectionLogs),
  retryAt: Type.Optional(
    nullable(
      Type.String({
        description:
          'Only where nothing was sent, for a login is held back: when it may be tried; null: not before a person changes something',
      }),
    ),
  ),
});
