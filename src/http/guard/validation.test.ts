import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fc from 'fast-check';
import Type from 'typebox';
import { expect, test } from 'vitest';
import { validatorOf } from './validation.ts';

const schema = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1 })),
  count: Type.Optional(Type.Integer({ minimum: 1 })),
  share: Type.Optional(Type.Number()),
  isOn: Type.Optional(Type.Boolean()),
  kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal(1), Type.Null()])),
  tags: Type.Optional(Type.Array(Type.String())),
});

test('what is valid stays as it is, numbers in a query are converted, and in a body not', () => {
  const of = (httpPart: string) => validatorOf({ schema, method: 'GET', url: '/', httpPart });
  const sent = { name: 'web', tags: ['1'] };
  expect(of('querystring')(sent)).toEqual({ value: sent });
  expect(of('querystring')({ name: 'web', count: '12' })).toEqual({ value: { name: 'web', count: 12 } });
  expect(of('querystring')({ count: 'x' })).toHaveProperty('error.0.instancePath', '/count');
  expect(of('body')({ count: 12 })).toEqual({ value: { count: 12 } });
  expect(of('body')({ count: '12' })).toHaveProperty('error.0.instancePath', '/count');
});

test('what it answers is what is answered when everything is converted first', () => {
  const text = fc.constantFrom('', 'a', 'web', '1', '12', '-1', '1.5', 'true', 'false', 'null', '0', 'undefined');
  const one = fc.oneof(text, fc.array(text, { maxLength: 2 }));
  const sent = fc.dictionary(fc.constantFrom('name', 'count', 'share', 'isOn', 'kind', 'tags', 'more'), one, {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(sent, fc.constantFrom('querystring', 'params', 'body'), (value, httpPart) => {
      const route = { schema, method: 'GET', url: '/', httpPart };
      const told = TypeBoxValidatorCompiler(route)(structuredClone(value));
      expect(validatorOf(route)(structuredClone(value))).toEqual(told);
    }),
  );
});
