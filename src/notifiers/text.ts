import { clip } from '../lib/plain-data.ts';
import type { Message } from '../model/alerts/message.ts';
import type { Severity } from '../model/alerts/severity.ts';

/** Control characters, line separators, and what turns the direction of writing around. */
const unseen = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu;

/** One line of text without characters that could change how others look. */
export function plain(text: string): string {
  return text.toWellFormed().replace(unseen, ' ').trim();
}

/** A message whose texts are single lines without control characters, whatever hosts are called. */
export function plainMessage(message: Message): Message {
  return {
    ...message,
    title: plain(message.title),
    lines: message.lines.map(plain),
    items: message.items.map((item) => ({
      ...item,
      host: plain(item.host),
      rule: plain(item.rule),
      summary: plain(item.summary),
      labels: Object.fromEntries(Object.entries(item.labels).map(([name, value]) => [plain(name), plain(value)])),
    })),
  };
}

/** A text of at most `max` UTF-16 units, with an ellipsis where it was cut. */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${clip(text, max - 1)}…`;
}

export function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** How many bytes a text takes in JSON, without its quotes. */
export function jsonBytes(text: string): number {
  return bytes(JSON.stringify(text)) - 2;
}

export function characters(text: string): number {
  return text.length;
}

export function same(text: string): string {
  return text;
}

/** The longest line that is kept whole. */
const maxLine = 500;

/**
 * As many lines as linesWithin, escaped, then how many are missing. Lines are never cut after they were escaped, so that no escape
 * is cut in half. `size` measures what the service limits, and `each` what every line adds to it.
 */
export function linesWithin(
  lines: readonly string[],
  max: number,
  { escape: inMarkup = same, size = characters, each = 1 }: FitOptions = {},
): readonly string[] {
  const escaped = lines.map((line) => inMarkup(cut(line, maxLine)));
  const sizes = escaped.map((line) => size(line) + each);
  const all = sizes.reduce((sum, one) => sum + one, 0);
  if (all <= max) return escaped;
  const reserve = size(inMarkup(missing(lines.length))) + each;
  const kept: string[] = [];
  let used = reserve;
  for (const [index, line] of escaped.entries()) {
    used += sizes[index] ?? 0;
    if (used > max) break;
    kept.push(line);
  }
  return [...kept, inMarkup(missing(lines.length - kept.length))];
}

type FitOptions = {
  readonly escape?: (line: string) => string;
  readonly size?: (text: string) => number;
  readonly each?: number;
};

function missing(count: number): string {
  return `… and ${count} more ${count === 1 ? 'line' : 'lines'}`;
}

/** For HTML text and attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

/** For Markdown: every character that could begin markup, and `@`, which could call people. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!~|>:<&]/g, (one) => `\\${one}`).replaceAll('@', '@\u200b');
}

/**
 * For Mattermost, whose page, apps and server read Markdown each in its way: a backslash before what all of them take it for,
 * and a gap that nobody sees after what could begin a mention, a tag, an entity, an emoji or an address.
 */
export function escapeMattermost(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-.!~|>]/g, (one) => `\\${one}`)
    .replace(/[@<&]|:(?=\S)|\\\\(?=\w)/g, (one) => `${one}\u200b`);
}

/** Red, amber, blue; green when all is over. As 0xRRGGBB. */
export function colourOf({ severity, isOver }: Pick<Message, 'severity' | 'isOver'>): number {
  return isOver ? 0x2e7d32 : { critical: 0xc62828, warning: 0xe69500, info: 0x1976d2 }[severity];
}

export function hexColourOf(message: Pick<Message, 'severity' | 'isOver'>): string {
  return `#${colourOf(message).toString(16).padStart(6, '0')}`;
}

/** A value by severity; messages whose incidents are all over count as `info`. */
export function bySeverity<T>(
  message: { readonly severity: Severity; readonly isOver: boolean },
  values: Record<Severity, T>,
): T {
  return values[message.isOver ? 'info' : message.severity];
}

/** A service's address with a path below it. */
export function below(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A time as people read it, in the one zone that is right for everybody who is told. */
export function utcTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function basicLogin(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
