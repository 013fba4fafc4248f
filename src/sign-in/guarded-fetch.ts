import type { CustomFetch } from 'openid-client';
import { askHttp } from '../notifiers/http.ts';
import type { Limits } from '../notifiers/limits.ts';
import type { Reach } from '../notifiers/networks.ts';
import { SignInFault } from './fault.ts';
import { isLoopbackHost } from './settings.ts';

/** A description or a set of keys of a provider has a few KiB; Entra ID's keys about 20. */
const limits: Limits = { connectMs: 5_000, allMs: 10_000, answerBytes: 262_144 };
const withoutBody = [204, 205, 304];

/**
 * Asks a provider as all other services are asked: at addresses that were checked, without redirects, and within limits. Throws
 * what `askHttp` throws, and SignInFault for an address without TLS.
 */
export function createGuardedFetch(reach: Reach): CustomFetch {
  return async (url, { method, headers, body }) => {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' && !(protocol === 'http:' && isLoopbackHost(hostname)))
      throw new SignInFault('provider', `The provider names an address without TLS: ${hostname}`);
    // Requests to a provider are forms.
    const sent = body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : '';
    const request = { method: method === 'POST' ? 'POST' : 'GET', url, headers, body: sent } as const;
    const { status, body: text, contentType } = await askHttp(request, reach, limits);
    if (status < 200 || status > 599) throw new SignInFault('provider', `${hostname} answered HTTP ${status}`);
    const init = { status, headers: { 'content-type': contentType ?? '' } };
    return new Response(withoutBody.includes(status) ? null : text, init);
  };
}
