import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * The headers of answers of the API: what tells browsers to keep off, and everybody on the way to keep none. helmet, which
 * makes its dozen headers anew each time, is for pages.
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
