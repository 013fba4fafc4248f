import { expect, test } from 'vitest';
import type { Message, MessageItem } from '../model/alerts/message.ts';
import { readConfigOf } from './config.ts';
import { ntfy } from './kinds/ntfy.ts';
import { templated } from './template.ts';

const item: MessageItem = {
  incidentId: 7,
  transition: 'close',
  severity: 'warning',
  hostId: 1,
  host: 'web {{rule}}',
  ruleKey: 'default:disk-nearly-full',
  rule: 'Disk nearly full',
  about: 'filesystem_used_ratio',
  labels: { mount: '/data' },
  value: 0.934,
  threshold: 0.9,
  summary: '/data: 93.4 %',
  openedAt: 1_700_000_000_000,
  closedAt: 1_700_000_600_000,
  url: 'https://sonde.example/incidents/7',
};
const message: Message = {
  key: 'k',
  title: 'title',
  lines: ['line'],
  severity: 'warning',
  isOver: true,
  at: 1_700_000_700_000,
  url: null,
  items: [item],
  more: 0,
  storm: null,
};

test('a template names what an incident has, and what a host is called is not read as one', () => {
  const title = '{{ host }} {{state}} after {{duration}}';
  const line = '{{labels}} {{value}} of {{threshold}} ({{severity}}) {{url}}';
  expect(templated(message, title, line)).toMatchObject({
    title: 'web {{rule}} resolved after 10 min',
    lines: ['/data 93.4 % of 90 % (warning) https://sonde.example/incidents/7'],
  });
});

test('of many incidents each has its line, ten at most, under the title of Sonde', () => {
  const many = { ...message, items: Array.from({ length: 30 }, () => item), more: 5 };
  const { title, lines } = templated(many, '{{host}}', '{{rule}}');
  expect([title, lines.length, lines.at(-1)]).toEqual(['title', 11, '… and 25 more']);
});

test('a name that there is not is refused when the channel is saved', () => {
  const config = (lineTemplate: string) => readConfigOf(ntfy, { topic: 't', lineTemplate });
  expect(config('{{host}}')).toMatchObject({ lineTemplate: '{{host}}' });
  for (const wrong of ['{{constructor}}', '{{host.name}}', '{{ 1+1 }}'])
    expect(() => config(wrong)).toThrow('It may contain {{host}}, {{rule}}');
});
