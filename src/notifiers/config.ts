import type Type from 'typebox';
import Value from 'typebox/value';
import { badRequest } from '../lib/errors.ts';
import type { Notifier } from './notifier.ts';

/** What stands for a secret in answers. */
export const mask = '••••';

export type ChannelConfig = Readonly<Record<string, unknown>>;

type Field = Type.TSchema & {
  readonly secret?: true;
  readonly target?: true;
  readonly pattern?: string;
  readonly description?: string;
};

/** What has a configuration: a kind of channel, or of another service that Sonde sends to. */
export type Configured = Pick<Notifier, 'config' | 'check'>;

function fieldsOf(notifier: Configured): readonly (readonly [string, Field])[] {
  return Object.entries(notifier.config.properties as Readonly<Record<string, Field>>);
}

/** The configuration that a body has, without fields that the kind does not know. Throws 400 that names the field. */
export function readConfigOf(notifier: Configured, sent: unknown): ChannelConfig {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw badRequest('config must be an object');
  const config: Record<string, unknown> = {};
  for (const [name, field] of fieldsOf(notifier)) {
    const value = (sent as Readonly<Record<string, unknown>>)[name];
    // Forms send empty texts for what nobody filled in.
    if (value === undefined || value === null || value === '') {
      if (notifier.config.required?.includes(name))
        throw badRequest(`config.${name} is required: ${field.description}`);
      continue;
    }
    config[name] = requireField(name, field, value);
  }
  notifier.check?.(config);
  return config;
}

function requireField(name: string, field: Field, value: unknown): unknown {
  const [error] = Value.Errors(field, value);
  if (error !== undefined) throw badRequest(`config.${name} ${error.message}`);
  if (JSON.stringify(value).includes(mask))
    throw badRequest(`config.${name} contains ${mask}, which stands for a secret: enter the secret itself`);
  if (typeof value === 'string' && /\p{Cc}/u.test(value))
    throw badRequest(`config.${name} contains control characters`);
  if (typeof value === 'string' && field.pattern === '^https?://') requireUrl(name, value);
  return value;
}

function requireUrl(name: string, value: string): void {
  const url = URL.parse(value);
  if (url === null) throw badRequest(`config.${name} must be an address such as https://example.org/path`);
  if (url.username !== '' || url.password !== '')
    throw badRequest(`config.${name} must not contain a login: use the fields for it`);
}

/** A configuration as it may be shown: of addresses that are secret, the origin; of other secrets, nothing. */
export function shownConfig(notifier: Configured, config: ChannelConfig): ChannelConfig {
  return Object.fromEntries(
    fieldsOf(notifier).flatMap(([name, field]) =>
      config[name] === undefined ? [] : [[name, field.secret === true ? masked(field, config[name]) : config[name]]],
    ),
  );
}

function masked(field: Field, value: unknown): unknown {
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.keys(value).map((name) => [name, mask]));
  if (field.pattern !== '^https?://') return mask;
  const url = URL.parse(String(value));
  return url === null ? mask : `${url.origin}/${mask}`;
}

/**
 * What was sent, with the stored secrets where their masks came back. Throws 400 if a secret would go to another address than
 * the one it was entered for.
 */
export function withStoredSecrets(notifier: Configured, stored: ChannelConfig, sent: unknown): unknown {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return sent;
  const merged: Record<string, unknown> = { ...sent };
  const kept: string[] = [];
  for (const [name, field] of fieldsOf(notifier)) {
    if (field.secret !== true || stored[name] === undefined || merged[name] === undefined) continue;
    const value = restored(field, stored[name], merged[name]);
    if (value === merged[name]) continue;
    merged[name] = value;
    kept.push(name);
  }
  const moved = fieldsOf(notifier).filter(
    ([name, field]) => field.target === true && (merged[name] ?? '') !== (stored[name] ?? ''),
  );
  if (moved.length > 0 && kept.length > 0)
    throw badRequest(`config.${moved[0]?.[0]} is another now, so enter ${kept.join(' and ')} again`);
  return merged;
}

function restored(field: Field, stored: unknown, sent: unknown): unknown {
  if (typeof stored === 'object' && stored !== null && typeof sent === 'object' && sent !== null) {
    const old = stored as Readonly<Record<string, unknown>>;
    if (!Object.values(sent).includes(mask)) return sent;
    return Object.fromEntries(
      Object.entries(sent).map(([name, value]) => [name, value === mask && name in old ? old[name] : value]),
    );
  }
  return sent === masked(field, stored) ? stored : sent;
}

/** Shorter ones are in every other word. */
const shortest = 4;

/** The secrets of a configuration, also in the parts in which services repeat them. */
export function secretsOf(notifier: Configured, config: ChannelConfig): readonly string[] {
  const found = fieldsOf(notifier).flatMap(([name, field]) => {
    const value = config[name];
    if (field.secret !== true || value === undefined) return [];
    if (typeof value === 'object' && value !== null) return Object.values(value).map(String);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const isUrl = field.pattern === '^https?://';
    const url = isUrl ? URL.parse(text) : null;
    const path = url?.pathname.split('/') ?? [];
    const query = [...(url?.searchParams.values() ?? [])];
    const parts = isUrl ? [] : text.split(':');
    return [text, ...parts, ...[...path, ...query].filter((part) => part.length >= 8)];
  });
  return [...found, ...loginsOf(config)]
    .filter((one) => one.length >= shortest)
    .toSorted((a, b) => b.length - a.length);
}

/** A password as HTTP and SMTP send it. */
function loginsOf({ username, password }: ChannelConfig): readonly string[] {
  if (typeof username !== 'string' || typeof password !== 'string') return [];
  return [`${username}:${password}`, `\0${username}\0${password}`, password].map((one) =>
    Buffer.from(one).toString('base64'),
  );
}

/** A text without the secrets that are in it, also where it was cut in the middle of one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let left = text;
  const forms = secrets.flatMap((one) => [one, encodeURIComponent(one.toWellFormed())]);
  for (const form of forms) left = left.replaceAll(form, mask);
  const [, body = '', end = ''] = /^(.*?)(…?)$/su.exec(left) ?? [];
  const begun = Math.max(0, ...forms.map((form) => begunIn(body, form)));
  return begun === 0 ? left : `${body.slice(0, -begun)}${mask}${end}`;
}

/** How much of a secret the end of a text is. */
function begunIn(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length >= shortest; length -= 1)
    if (text.endsWith(secret.slice(0, length))) return length;
  return 0;
}
