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

/** The headers of pages. */
export function pageHeaders(isTls: boolean): FastifyHelmetOptions {
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
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: isTls,
  };
}
