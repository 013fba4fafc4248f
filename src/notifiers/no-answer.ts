import { ResolveError } from '../lib/names/address.ts';
import { DeniedError } from '../lib/networks.ts';
import type { Verdict } from './notifier.ts';

/** The proxy that messages are sent through did not connect to a service. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

/** The time that something may take is over. */
export class TooLong extends Error {
  override readonly name = 'TooLong';
}

/** What it means that a service could not be asked. */
export function noAnswer(error: unknown, host: string): Verdict {
  if (error instanceof DeniedError) return { result: 'refused', answer: error.message };
  if (error instanceof ResolveError || error instanceof TooLong || error instanceof ProxyError)
    return { result: 'again', answer: error.message };
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN' || code === 'ERR_UNESCAPED_CHARACTERS')
    return { result: 'refused', answer: 'The configuration contains characters that cannot be sent' };
  return { result: 'again', answer: sentenceOf(code, message, host) };
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: nothing listens on this port',
  ECONNRESET: 'closed the connection without an answer',
  EPIPE: 'closed the connection without an answer',
  ETIMEDOUT: 'did not answer in time',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached: there is no network to it',
};

function sentenceOf(code: string, message: string, host: string): string {
  const known = sentences[code];
  if (known !== undefined) return `${host} ${known}`;
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code) || /certificate|altnames/i.test(message);
  if (isCertificate) return `The certificate of ${host} is not trusted: ${message}`;
  return `No answer from ${host}: ${message || code}`;
}
