import { badRequest } from '../lib/errors.ts';
import type { Message, MessageItem } from '../model/alerts/message.ts';
import { utcTime } from './text.ts';

type Field = (item: MessageItem, at: number) => string;

const states = {
  open: 'open',
  reminder: 'still open',
  flapping: 'flapping',
  acknowledge: 'acknowledged',
  close: 'resolved',
} as const;

/** What a template may name; there is nothing else in it, and no code. */
const fields: Readonly<Record<string, Field>> = {
  host: ({ host }) => host,
  rule: ({ rule }) => rule,
  severity: ({ severity }) => severity,
  state: ({ transition }) => states[transition],
  summary: ({ summary }) => summary,
  value: ({ value, about }) => quantity(value, about),
  threshold: ({ threshold, about }) => quantity(threshold, about),
  labels: ({ labels }) => Object.values(labels).join(' '),
  since: ({ openedAt }) => utcTime(openedAt),
  until: ({ closedAt }) => (closedAt === null ? '' : utcTime(closedAt)),
  duration: ({ openedAt, closedAt }, at) => `${Math.max(0, Math.round(((closedAt ?? at) - openedAt) / 60_000))} min`,
  url: ({ url }) => url ?? '',
};

/** The names that a template may use. */
export const templateNames: readonly string[] = Object.keys(fields);

const placeholder = /\{\{\s*([a-z]*)\s*\}\}/g;

/** Throws 400 for a name that there is not. */
export function checkTemplate(field: string, template: string): void {
  for (const [whole, name = ''] of template.matchAll(/\{\{\s*(.*?)\s*\}\}/g))
    if (!Object.hasOwn(fields, name))
      throw badRequest(
        `config.${field} contains ${whole}. It may contain ${templateNames.map((one) => `{{${one}}}`).join(', ')}`,
      );
}

/** A message whose lines, and whose title where it is about one incident, are as a template says. What is put in is never read again. */
export function templated(message: Message, title: string | undefined, line: string | undefined): Message {
  const [first] = message.items;
  if (first === undefined) return message;
  const fill = (template: string, item: MessageItem): string =>
    template.replace(placeholder, (whole, name: string) =>
      Object.hasOwn(fields, name) ? (fields[name]?.(item, message.at) ?? '') : whole,
    );
  const isOne = message.items.length === 1 && message.more === 0;
  const named = message.items.slice(0, shown);
  const more = message.items.length - named.length + message.more;
  return {
    ...message,
    ...(title === undefined || !isOne ? {} : { title: fill(title, first) }),
    ...(line === undefined
      ? {}
      : { lines: [...named.map((item) => fill(line, item)), ...(more > 0 ? [`… and ${more} more`] : [])] }),
  };
}

const shown = 10;

/** A value as people write it, by the end of its metric's name, which says its unit. */
function quantity(value: number | null, about: string): string {
  if (value === null) return '';
  const short = (number: number): string => String(Number(number.toPrecision(3)));
  if (about.endsWith('_ratio')) return `${short(100 * value)} %`;
  if (about.endsWith('_celsius')) return `${short(value)} °C`;
  if (about.endsWith('_seconds')) return `${short(value)} s`;
  if (about.includes('_bytes')) return `${short(value / 2 ** 30)} GiB`;
  return short(value);
}
