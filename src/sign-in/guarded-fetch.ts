import type { CustomFetch } from 'openid-client';
import { askHttp } from '../notifiers/http.ts';
import type { Limits } from '../notifiers/limits.ts';
import type { Reach } from '../notifiers/networks.ts';
import { isSafeAddress } from './description.ts';
import { networkFault, SignInFault } from './fault.ts';

/** A description or a set of keys of a provider has a few KiB; Entra ID's keys about 20. */
const limits: Limits = { connectMs: 5_000, allMs: 10_000, answerBytes: 262_144 };
const withoutBody = [204, 205, 304];

/**
 * Asks a provider as all other services are asked: at addresses that were checked, without redirects, and within limits. Throws
 * SignInFault, and of what `askHttp` throws what says nothing about the network.
 */
export function createGuardedFetch(reach: Reach): CustomFetch {
  return async (url, { method, headers, body }) => {
    const { host, hostname } = new URL(url);
    if (!isSafeAddress(url))
      throw new SignInFault('provider', `The provider names an address without TLS: ${hostname}`);
    // Requests to a provider are forms.
    const sent = body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : '';
    const request = { method: method === 'POST' ? 'POST' : 'GET', url, headers, body: sent } as const;
    const answer = await askHttp(request, reach, limits).catch((error: unknown) => {
      // The provider may have named another host than its own.
      throw networkFault(error, host) ?? error;
    });
    const { status, body: text, contentType } = answer;
    if (Buffer.byteLength(text) >= limits.answerBytes)
      throw new SignInFault('provider', `${hostname} answered more than ${limits.answerBytes / 1024} KiB`);
    if (status < 200 || status > 599) throw new SignInFault('provider', `${hostname} answered HTTP ${status}`);
    const init = { status, headers: { 'content-type': contentType ?? '' } };
    return new Response(withoutBody.includes(status) ? null : text, init);
  };
}
