import type { ChannelField, ChannelKindView, ChannelView } from '../../../api/alerts.ts';
import { channelFieldTexts, channelsTexts } from '../../../texts/alerts/channels.ts';
import { selectorOf } from '../rules/draft.ts';
import type { HostsChoice } from '../rules/hosts-field.tsx';
import { type HostName, hostsSentence } from '../rules/sentence.ts';

type Filter = ChannelView['filter'];

/** What is shown in the form for a value of the configuration. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join('\n');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${String(one)}`)
      .join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The configuration that the fields of a form say. What nobody filled in is left out. The server checks it. */
export function configOf(
  { config: { properties } }: ChannelKindView,
  typed: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, field]) => {
      const text = (typed[fieldName(name)] ?? '').trim();
      return text === '' ? [] : [[name, readValue(field, text)]];
    }),
  );
}

/** The name of the form's field: not to be confused with the name of the channel and others. */
export function fieldName(name: string): string {
  return `config.${name}`;
}

function readValue({ type }: ChannelField, text: string): unknown {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  switch (type) {
    case 'integer':
    case 'number':
      return Number.isNaN(Number(text)) ? text : Number(text);
    case 'boolean':
      return true;
    case 'array':
      return lines.flatMap((line) => line.split(/[,;]\s*/).filter((part) => part !== ''));
    case 'object':
      return Object.fromEntries(
        lines.map((line) => {
          const [name = '', ...rest] = line.split(':');
          return [name.trim(), rest.join(':').trim()];
        }),
      );
    default:
      return text;
  }
}

export function labelOf(name: string): string {
  return channelFieldTexts[name] ?? name;
}

/** What the server refused, with the names of fields as the form has them. */
export function inWords(error: string): string {
  return error.replaceAll(/\bconfig\.(\w+)/g, (_all, name: string) => labelOf(name));
}

/** Which incidents a channel is told of, as the API takes it; empty: all of them. Throws a sentence if no hosts were chosen. */
export function filterOf(atLeast: string, hosts: HostsChoice, saved: Filter): Readonly<Record<string, unknown>> {
  return {
    ...(atLeast === '' ? {} : { atLeast }),
    ...(hosts.hostsKind === 'all'
      ? {}
      : { hosts: selectorOf(hosts, saved.hosts === undefined ? null : { hosts: saved.hosts }) }),
  };
}

/** The same in words. */
export function filterSentence({ atLeast, hosts = { all: true } }: Filter, hostName?: HostName): string {
  const what = channelsTexts.filters[atLeast ?? ''];
  return 'all' in hosts ? what : `${what}, ${hostsSentence(hosts, hostName)}`;
}

/** Whether a field is for people's own words instead of the service's address. */
export function isTemplate(name: string): boolean {
  return name.endsWith('Template');
}
