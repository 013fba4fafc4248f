import type { ChannelField, ChannelKindView } from '../../../api/alerts.ts';
import { channelFieldTexts } from '../../../texts/alerts/channels.ts';

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
