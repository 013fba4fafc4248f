import { expect, test } from 'vitest';
import { hostsOf } from '../rules/draft.ts';
import { configOf, filterOf, filterSentence, inWords, shownValue } from './config.ts';

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

test.each([
  [{}],
  [{ atLeast: 'critical' }],
  [{ hosts: { tags: ['db', 'web'] } }],
  [{ atLeast: 'warning', hosts: { ids: [7, 8] } }],
  [{ hosts: { folders: ['berlin'], not: { tags: ['test'] } } }],
] as const)('the form of a channel with the filter %j sends back what it was given', (filter) => {
  expect(
    filterOf(
      'atLeast' in filter ? filter.atLeast : '',
      hostsOf('hosts' in filter ? filter.hosts : { all: true }),
      filter,
    ),
  ).toEqual(filter);
});

test('a filter for chosen hosts with none chosen is not sent, because it would keep everything from the channel', () => {
  expect(() => filterOf('', { hostsKind: 'tags', chosen: [] }, {})).toThrow('No hosts are chosen');
});

test('a channel says which incidents it is told of', () => {
  expect(filterSentence({})).toBe('All incidents');
  expect(filterSentence({ atLeast: 'critical', hosts: { all: true } })).toBe('Critical incidents only');
  expect(filterSentence({ atLeast: 'warning', hosts: { tags: ['db'] } })).toBe(
    'Warnings and critical incidents, on hosts tagged db',
  );
  expect(filterSentence({ hosts: { ids: [7] } }, () => 'web-1')).toBe('All incidents, on web-1');
});
