import { expect, test } from 'vitest';
import { configOf, inWords, shownValue } from './config.ts';

const kind = {
  kind: 'webhook',
  title: 'Webhook',
  config: {
    properties: {
      url: { type: 'string' },
      port: { type: 'integer' },
      to: { type: 'array' },
      headers: { type: 'object' },
      emergency: { type: 'boolean' },
      token: { type: 'string' },
    },
  },
};

test('a configuration has what was filled in, each by its type', () => {
  const typed = {
    'config.url': ' https://a.example ',
    'config.port': '587',
    'config.to': 'a@b.example, c@d.example\n\ne@f.example',
    'config.headers': 'X-Time: 10:30\nX-Key: ••••',
    'config.emergency': 'on',
    'config.token': '',
    name: 'mine',
  };
  expect(configOf(kind, typed)).toEqual({
    url: 'https://a.example',
    port: 587,
    to: ['a@b.example', 'c@d.example', 'e@f.example'],
    headers: { 'X-Time': '10:30', 'X-Key': '••••' },
    emergency: true,
  });
});

test('what is shown of a configuration says the same again when it is sent back', () => {
  const config = {
    url: 'https://a.example/••••',
    port: 25,
    to: ['a@b.example', 'c@d.example'],
    headers: { A: '••••' },
  };
  const typed = Object.fromEntries(
    Object.entries(config).map(([name, value]) => [`config.${name}`, shownValue(value)]),
  );
  expect(configOf(kind, typed)).toEqual(config);
});

test('a refusal names fields as the form does', () => {
  expect(inWords('config.url is required: Where messages are sent')).toBe(
    'Address (URL) is required: Where messages are sent',
  );
});
