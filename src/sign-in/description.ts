import type { ServerMetadata } from 'openid-client';
import { SignInFault } from './fault.ts';
import { isLoopbackHost } from './settings.ts';

const addresses = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'end_session_endpoint',
] as const;
const lists = [
  'scopes_supported',
  'code_challenge_methods_supported',
  'token_endpoint_auth_methods_supported',
  'id_token_signing_alg_values_supported',
] as const;

/**
 * What a provider says about itself, without what is null, where all that Sonde uses is what it should be: addresses with TLS,
 * lists of words. Throws SignInFault, so that whoever tests the settings learns it, and not everybody who signs in or out.
 */
export function readDescription(told: ServerMetadata): ServerMetadata {
  // Safe: only what is null is left out, as some providers write it for what they do not have.
  const server = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null)) as ServerMetadata;
  const { authorization_endpoint: begin, token_endpoint: exchange } = server;
  const lacking =
    begin === undefined ? 'authorization_endpoint' : exchange === undefined ? 'token_endpoint' : undefined;
  if (lacking !== undefined) throw flaw(`${lacking} is missing`);
  const noAddress = addresses.find((name) => server[name] !== undefined && !isSafeAddress(server[name]));
  if (noAddress !== undefined) throw flaw(`${noAddress} is no address with https://`);
  const noList = lists.find((name) => server[name] !== undefined && !isList(server[name]));
  if (noList !== undefined) throw flaw(`${noList} is no list of words`);
  return server;
}

/** Whether an address is one with TLS, or of this machine. */
export function isSafeAddress(address: unknown): boolean {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function flaw(what: string): SignInFault {
  return new SignInFault('provider', `The description of the provider cannot be used: ${what}`);
}
