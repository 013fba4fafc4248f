/** A caller's mistake: an HTTP status, one clear sentence, and a code if clients need one. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly statusCode: number;
  readonly code: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(statusCode: number, message: string, code?: string, retryAfterSeconds?: number) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function badRequest(message: string): RequestError {
  return new RequestError(400, message);
}

export function forbidden(message: string): RequestError {
  return new RequestError(403, message);
}

export function notFound(message: string): RequestError {
  return new RequestError(404, message);
}

export function tooMany(retryAfterSeconds: number): RequestError {
  const message = `Too many attempts. Try again in ${retryAfterSeconds} seconds`;
  return new RequestError(429, message, undefined, retryAfterSeconds);
}
