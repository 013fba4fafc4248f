import { createHmac } from 'node:crypto';
import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import type { Message } from '../../model/alerts/message.ts';
import { checkHeaders, ownHeaders, secret, serviceUrl } from '../fields.ts';
import { type HttpRequest, notifier } from '../notifier.ts';
import { cut, isoTime, jsonBytes } from '../text.ts';

/** What Standard Webhooks recommends as the most for a body is less; receivers take this. */
const maxBytes = 262_144;
const reserved = /^(host|content-length|content-type|transfer-encoding|connection|upgrade|webhook-.*)$/i;

const config = Type.Object({
  url: serviceUrl('Where messages are sent'),
  method: Type.Optional(Type.Enum(['POST', 'PUT'], { description: 'POST by default' })),
  headers: Type.Optional(ownHeaders()),
  secret: Type.Optional(secret('Signs messages as Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes')),
  oldSecret: Type.Optional(secret('The secret before the last change; messages have both signatures')),
});

/**
 * JSON to any address. Signed as standardwebhooks.com describes: HMAC-SHA256 of `id.timestamp.body`. The fields of Termix's
 * webhooks are in it too.
 */
export const webhook = notifier({
  kind: 'webhook',
  title: 'Webhook',
  config,
  check: ({ headers = {}, secret: key, oldSecret }) => {
    checkHeaders(headers, reserved);
    for (const one of [key, oldSecret])
      if (one !== undefined && !isSecret(one))
        throw badRequest('secret must be whsec_ and the base64 of 24 to 64 random bytes');
  },
  dress: (message, { url, method = 'POST', headers = {}, secret: key, oldSecret }, nowMs) => {
    const body = bodyOf(message);
    const seconds = Math.floor(nowMs / 1_000);
    const signatures = [key, oldSecret].flatMap((one) =>
      one === undefined ? [] : [sign(one, `${message.key}.${seconds}.${body}`)],
    );
    const request: HttpRequest = {
      method,
      url,
      body,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'webhook-id': message.key,
        'webhook-timestamp': String(seconds),
        ...(signatures.length > 0 ? { 'webhook-signature': signatures.join(' ') } : {}),
      },
    };
    return { via: 'http', requests: [request] };
  },
});

function isSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const length = encoded === undefined ? 0 : Buffer.from(encoded, 'base64').length;
  return length >= 24 && length <= 64;
}

function sign(key: string, content: string): string {
  const bytes = Buffer.from(key.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', bytes).update(content).digest('base64')}`;
}

function bodyOf(message: Message): string {
  const [first] = message.items;
  const type = first === undefined ? 'test' : message.isOver ? 'incidents.closed' : 'incidents.open';
  const all = {
    version: 1,
    type,
    id: message.key,
    at: isoTime(message.at),
    title: cut(message.title, 1_000),
    message: cut(message.lines.join('\n'), 8_000),
    severity: message.severity,
    url: message.url,
    timestamp: isoTime(message.at),
    hostId: first?.hostId ?? null,
    hostName: first === undefined ? null : cut(first.host, 500),
    ruleId: first?.ruleKey ?? null,
    ruleName: first === undefined ? null : cut(first.rule, 500),
    triggerType: first?.about ?? null,
    value: first?.value ?? null,
    threshold: first?.threshold ?? null,
    incidents: [] as object[],
    more: 0,
  };
  let room = maxBytes - 1_000 - jsonBytes(JSON.stringify(all));
  for (const item of message.items) {
    const incident = {
      id: item.incidentId,
      transition: item.transition,
      severity: item.severity,
      hostId: item.hostId,
      host: cut(item.host, 500),
      ruleKey: item.ruleKey,
      rule: cut(item.rule, 500),
      about: item.about,
      labels: Object.fromEntries(
        Object.entries(item.labels)
          .slice(0, 10)
          .map(([name, value]) => [cut(name, 100), cut(value, 500)]),
      ),
      value: item.value,
      threshold: item.threshold,
      summary: cut(item.summary, 2_000),
      openedAt: isoTime(item.openedAt),
      closedAt: item.closedAt === null ? null : isoTime(item.closedAt),
      url: item.url,
    };
    room -= Buffer.byteLength(JSON.stringify(incident)) + 1;
    if (room < 0) break;
    all.incidents.push(incident);
  }
  return JSON.stringify({ ...all, more: message.more + message.items.length - all.incidents.length });
}
