import type { SessionEnd } from '../../../src/model/people/session-end.ts';
import { at } from './base.ts';
import { sessionEndOf } from './session.ts';

/** What the server refused, in its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The answer's body, for those that say more than `error`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Why the session is over, where that is what was refused. */
  readonly sessionEnd: SessionEnd | null;

  constructor(
    status: number,
    message: string,
    body: Readonly<Record<string, unknown>> = {},
    sessionEnd: SessionEnd | null = null,
  ) {
    super(message);
    this.status = status;
    this.body = body;
    this.sessionEnd = sessionEnd;
  }
}

const unreachable = 'Sonde is not responding. Check that it is running and that this device is online.';

/** Asks Sonde's API as any other client would; the session is the cookie. Throws {@link ApiError}, and what the signal throws. */
export async function request<Answer>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await send(method, path, body, signal);
  const answer = (await response.json().catch(() => null)) as Answer;
  if (!response.ok) throw errorOf(response, answer);
  return answer;
}

/** The answer as it comes, for those that stream. Throws {@link ApiError}. */
export async function open(path: string, body: unknown, signal: AbortSignal): Promise<ReadableStream<BufferSource>> {
  const response = await send('POST', path, body, signal);
  if (!response.ok || !response.body) throw errorOf(response, await response.json().catch(() => null));
  return response.body;
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', ...(signal ? { signal } : {}) };
  if (body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  return fetch(at(path), init).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, unreachable);
  });
}

function errorOf(response: Response, answer: unknown): ApiError {
  const { status } = response;
  const body = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  const error = typeof body.error === 'string' ? body.error : `Sonde returned HTTP ${status}. Try again.`;
  return new ApiError(status, error, body, sessionEndOf(response));
}
