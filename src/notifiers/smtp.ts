import { isIP, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { connectTo } from './connect.ts';
import type { Limits } from './limits.ts';
import type { Reach } from './networks.ts';
import { noAnswer, TooLong } from './no-answer.ts';
import type { Mail, Verdict } from './notifier.ts';
import { cut, plain } from './text.ts';

/** A server says far less than this. */
const maxRead = 262_144;
const watchMs = 50;

/** Sends an e-mail over a connection to an address that was checked. Never throws for what the server does. */
export async function sendMail(mail: Mail, reach: Reach, limits: Limits): Promise<Verdict> {
  const { host } = mail.server;
  const all = AbortSignal.timeout(limits.allMs);
  let socket: Socket | null = null;
  try {
    const open = await connectTo(host, mail.server.port, reach, { connectMs: limits.connectMs, signal: all });
    socket = open;
    return await bounded(open, all, host, () => transmit(mail, open, limits));
  } catch (error) {
    return verdictOf(error, host);
  } finally {
    socket?.destroy();
  }
}

/** Ends the connection when the time is over, or when the server sends more than any server has to say. */
async function bounded<T>(socket: Socket, all: AbortSignal, host: string, work: () => Promise<T>): Promise<T> {
  let end: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = reject;
  });
  const tooLong = (): void => end(new TooLong(`${host} did not answer in time`));
  all.addEventListener('abort', tooLong, { once: true });
  const watch = setInterval(() => {
    if (socket.bytesRead > maxRead) end(new TooLong(`${host} sends more than a mail server has to say`));
  }, watchMs);
  try {
    return await Promise.race([work(), ended]);
  } finally {
    clearInterval(watch);
    all.removeEventListener('abort', tooLong);
    socket.destroy();
  }
}

async function transmit(mail: Mail, connection: Socket, limits: Limits): Promise<Verdict> {
  const { host, port, security, username, password } = mail.server;
  const transport = createTransport({
    host,
    port,
    connection,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username === '' ? {} : { auth: { user: username, pass: password } }),
    tls: isIP(host) === 0 ? { servername: host } : {},
    greetingTimeout: limits.allMs,
    socketTimeout: limits.allMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const info = await transport.sendMail({
    from: mail.from,
    to: [...mail.to],
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${mail.messageId}>`,
    references: mail.references.map((id) => `<${id}>`),
    ...(mail.isUrgent ? { priority: 'high' as const } : {}),
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  const refused = info.rejected.map(String);
  const said = cut(plain(info.response), 200);
  return { result: 'sent', answer: refused.length === 0 ? said : `${said}. Not accepted: ${refused.join(', ')}` };
}

/** 4yz: later; 5yz: never; a login that is refused: not until somebody changes it. Source: RFC 5321 §4.2.1. */
function verdictOf(error: unknown, host: string): Verdict {
  const { responseCode, response, code, message } = error as {
    readonly responseCode?: number;
    readonly response?: string;
    readonly code?: string;
    readonly message: string;
  };
  const answer = cut(plain(response ?? message), 300);
  if (code === 'EAUTH' && !(responseCode !== undefined && responseCode < 500))
    return { result: 'refused', answer: `The mail server refused the login. ${answer}` };
  if (responseCode !== undefined && responseCode >= 500 && code !== 'ETLS') return { result: 'dead', answer };
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) return { result: 'again', answer };
  if (code === 'ETLS' && /STARTTLS|requireTLS/i.test(message) && !/certificate/i.test(message))
    return { result: 'refused', answer: `The mail server offers no encryption: choose another encryption. ${answer}` };
  return noAnswer(error, host);
}
