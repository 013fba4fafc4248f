import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * The headers of API answers: they keep browsers from interpreting an answer, and proxies from storing it. helmet is
 * for pages; it builds its dozen headers anew each time.
 */
export function headersOf(isTls: boolean) {
  return {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(isTls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

/** The headers of pages. `ancestors`: the sites that may show them in a frame, as sources of a policy. */
export function pageHeaders(isTls: boolean, ancestors: readonly string[]): FastifyHelmetOptions {
  return {
    global: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'connect-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': frameAncestors(ancestors),
      },
    },
    // The older header must not permit more, nor forbid what the policy permits: it cannot name sites.
    xFrameOptions: xFrameOptions(ancestors),
    strictTransportSecurity: isTls,
  };
}

/** The sources of `frame-ancestors`. */
export function frameAncestors(ancestors: readonly string[]): string[] {
  return ancestors.length === 0 ? ["'none'"] : [...ancestors];
}

function xFrameOptions(ancestors: readonly string[]): { readonly action: 'deny' | 'sameorigin' } | false {
  if (ancestors.length === 0) return { action: 'deny' };
  return ancestors.every((one) => one === "'self'") ? { action: 'sameorigin' } : false;
}
