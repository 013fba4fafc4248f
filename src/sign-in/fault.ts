import * as oidc from 'openid-client';
import { ResolveError } from '../lib/names/address.ts';
import { DeniedError } from '../lib/networks.ts';
import { clip } from '../lib/plain-data.ts';
import type { SignInRefusal } from '../model/people/sign-in.ts';
import { noAnswer, ProxyError, TooLong } from '../notifiers/no-answer.ts';

/** What a provider did that ends a sign-in. The message is for admins: people at the login page see the reason. */
export class SignInFault extends Error {
  override readonly name = 'SignInFault';
  readonly reason: SignInRefusal;

  constructor(reason: SignInRefusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const maxSaid = 200;
/** The provider wants the person to act, and they did not. Source: OpenID Connect Core §3.1.2.6. */
const refusedByPerson = ['access_denied', 'login_required', 'consent_required', 'interaction_required'];

/** Whether a provider does not know the client, or its secret is wrong. Source: RFC 6749 §5.2. */
export function isClientRefused({ error }: oidc.ResponseBodyError): boolean {
  return error === 'invalid_client' || error === 'unauthorized_client';
}

/** What an error of the exchange with a provider means. */
export function faultOf(error: unknown, host: string): SignInFault {
  // The library wraps what the fetch of ours throws.
  for (let one: unknown = error; one instanceof Error; one = one.cause) if (one instanceof SignInFault) return one;
  const options = { cause: error };
  if (error instanceof oidc.AuthorizationResponseError) {
    const reason = refusedByPerson.includes(error.error) ? 'denied' : 'provider';
    return new SignInFault(reason, `The provider refused: ${said(error.error, error.error_description)}`, options);
  }
  if (error instanceof oidc.ResponseBodyError) {
    const { error: code, error_description: text } = error;
    if (isClientRefused(error))
      return new SignInFault(
        'provider',
        `The provider refuses the client ID or its secret: ${said(code, text)}`,
        options,
      );
    const reason = code === 'invalid_grant' ? 'stale' : 'provider';
    return new SignInFault(reason, `The provider did not take the code: ${said(code, text)}`, options);
  }
  return networkFault(error, host) ?? protocolFault(error, host);
}

function protocolFault(error: unknown, host: string): SignInFault {
  const options = { cause: error };
  const { code = '', message } = error as { readonly code?: string; readonly message: string };
  const inner = deepest(error);
  switch (code) {
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM': {
      const status = inner instanceof Response ? `HTTP ${inner.status}` : 'an unexpected status';
      return new SignInFault('provider', `${host} answered ${status} where OpenID Connect has its data`, options);
    }
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return new SignInFault('provider', `${host} did not answer JSON: this is no OpenID Connect provider`, options);
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_ABORT':
      return new SignInFault('unreachable', `${host} did not answer in time`, options);
    case 'OAUTH_HTTP_REQUEST_FORBIDDEN':
      return new SignInFault('provider', 'The provider names an address without TLS', options);
    case 'OAUTH_MISSING_SERVER_METADATA':
    case 'OAUTH_INVALID_SERVER_METADATA':
      return new SignInFault('provider', `The description of the provider is not complete: ${message}`, options);
    case 'OAUTH_INVALID_RESPONSE':
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
    case 'OAUTH_KEY_SELECTION_FAILED':
    case 'OAUTH_UNSUPPORTED_OPERATION':
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED': {
      const why = inner instanceof Error ? inner.message : message;
      return new SignInFault('token', `The answer of the provider is not valid: ${clip(why, maxSaid)}`, options);
    }
    default: {
      const why = inner instanceof Error ? inner.message : message;
      return new SignInFault('provider', `${host} answered something unexpected: ${clip(why, maxSaid)}`, options);
    }
  }
}

/** Why nothing came back from a host; null: something did. */
export function networkFault(error: unknown, host: string): SignInFault | null {
  const message = networkMessage(error, host);
  return message === null ? null : new SignInFault('unreachable', message, { cause: error });
}

function networkMessage(error: unknown, host: string): string | null {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (one instanceof DeniedError)
      return `Sonde does not connect to the address of ${host}. SONDE_NOTIFY_NETWORKS can permit loopback addresses`;
    const isOfSystem = 'syscall' in one || /^(E[A-Z]+|CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS|ERR_SSL)/.test(codeOf(one));
    if (one instanceof ResolveError || one instanceof TooLong || one instanceof ProxyError || isOfSystem)
      return noAnswer(one, host).answer;
  }
  return null;
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : '';
}

function deepest(error: unknown): unknown {
  let one = error;
  while (one instanceof Error && (one.cause instanceof Error || one.cause instanceof Response)) one = one.cause;
  return one;
}

/** A provider's words, as a line of limited length. */
function said(code: string, text: string | undefined): string {
  const line = text === undefined ? code : `${code}: ${text}`;
  return clip(line.replace(/\p{C}+/gu, ' ').trim(), maxSaid);
}
