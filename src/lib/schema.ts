import Type, { type TSchema } from 'typebox';

/** A value, or null if it is unknown. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export const text = Type.String();
export const number = Type.Number();
export const count = Type.Integer({ minimum: 0 });
export const time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });

export const textOrNull = nullable(text);
export const numberOrNull = nullable(number);
export const countOrNull = nullable(count);
/** 0…100. */
export const percentOrNull = nullable(Type.Number({ minimum: 0, maximum: 100 }));
