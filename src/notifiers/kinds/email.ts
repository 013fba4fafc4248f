import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import { secret } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { cut, escapeHtml, hexColourOf, linesWithin } from '../text.ts';

/** One address, without a name, quotes or folding: nothing that could become another header. */
const address = '^[^\\s@<>()",;:\\\\]{1,64}@[A-Za-z0-9.-]{1,253}$';

const config = Type.Object({
  host: Type.String({ description: 'The mail server (SMTP)', minLength: 1, maxLength: 253, target: true }),
  port: Type.Optional(
    Type.Integer({
      description: 'By default 587 with STARTTLS, 465 with TLS, 25 without encryption',
      minimum: 1,
      maximum: 65_535,
      target: true,
    }),
  ),
  security: Type.Optional(
    Type.Enum(['starttls', 'tls', 'none'], {
      description:
        'STARTTLS by default: encrypted after the greeting, or not sent. TLS: encrypted from the start. None: not encrypted, and without a password',
      target: true,
    }),
  ),
  username: Type.Optional(Type.String({ description: 'If the server asks for a login', maxLength: 320 })),
  password: Type.Optional(secret('Its password')),
  from: Type.String({ description: 'The address that messages come from', pattern: address }),
  to: Type.Array(Type.String({ pattern: address }), { description: 'Who gets them', minItems: 1, maxItems: 20 }),
});

const ports = { starttls: 587, tls: 465, none: 25 } as const;

/** A plain text with a simple HTML form. The key is its Message-ID; what tells of one incident is one thread. */
export const email = notifier({
  kind: 'email',
  title: 'E-mail',
  config,
  check: ({ username, password, security }) => {
    if ((username ?? '') !== '' && password === undefined) throw badRequest('password is required with username');
    if ((username ?? '') !== '' && security === 'none')
      throw badRequest('Without encryption, the password would be sent in the clear: choose STARTTLS or TLS');
  },
  dress: (message, { host, port, security = 'starttls', username = '', password = '', from, to }) => {
    const domain = from.slice(from.lastIndexOf('@') + 1);
    const lines = linesWithin(message.lines, 100_000);
    const rich = linesWithin(message.lines, 200_000, { escape: escapeHtml });
    const url = message.url;
    const [only] = message.items.length === 1 ? message.items : [];
    const heading = `<h2 style="color:${hexColourOf(message)};font:600 18px sans-serif">${escapeHtml(message.title)}</h2>`;
    const link = url === null ? '' : `<p><a href="${escapeHtml(url)}">Open in Sonde</a></p>`;
    return {
      via: 'smtp',
      mail: {
        server: { host, port: port ?? ports[security], security, username, password },
        from,
        to,
        subject: cut(message.title, 200),
        text: [message.title, '', ...lines, ...(url === null ? [] : ['', url])].join('\n'),
        html: `${heading}<p style="font:14px sans-serif">${rich.join('<br>')}</p>${link}`,
        messageId: `${message.key}@${domain}`,
        references: only === undefined ? [] : [`sonde-incident-${only.incidentId}@${domain}`],
        isUrgent: message.severity === 'critical' && !message.isOver,
      },
    };
  },
});
