import { notFound, RequestError } from '../../../lib/errors.ts';
import type { LogEntry } from '../../../model/connection/log.ts';
import type { Failure } from '../../../model/failure.ts';
import type { CodeResult, StartResult } from '../../../ports/control.ts';
import type { StartAnswer as Started } from '../../views/answers.ts';
import { connectionLogView, failureView, type Sight } from '../../views/sight.ts';

/** An authenticator's next code is at most this far away. */
const newCodeSeconds = 30;
export const noSession = 'TOTP session not found. Start the host again';

type Reply = { code: (status: number) => { send: (body: object) => unknown }; send: (body: object) => unknown };

/** What is answered with: who gets it, as which viewer where the host was started, and what they may see. */
export type StartAnswer = { readonly reply: Reply; readonly viewerSessionId: string | null; readonly sight: Sight };

/** Answers a start: the host was started, asks for a code, or could not be started. */
export function answerStart(result: StartResult, answer: StartAnswer): unknown {
  switch (result.outcome) {
    case 'started':
      return answerStarted(result.logs, answer);
    case 'needs-code':
      return answerAsked(result, answer);
    case 'failed':
      return answerFailure(result, answer);
  }
}

/** Answers a code as {@link answerStart}. Throws 403, 404, 408 and 429 for a login that waits for no code of this user. */
export function answerCode(result: CodeResult, answer: StartAnswer): unknown {
  switch (result.outcome) {
    case 'unknown-session':
      throw notFound(noSession);
    case 'expired':
      throw new RequestError(408, 'The TOTP session has expired. Start the host again');
    case 'not-yours':
      throw new RequestError(403, 'This TOTP session belongs to another user');
    case 'too-many-tries':
      throw new RequestError(
        429,
        'Too many wrong codes. Wait for a new code, then start the host again',
        undefined,
        newCodeSeconds,
      );
    case 'wrong-code':
      return answer.reply
        .code(401)
        .send({ error: 'The code is wrong', code: 'TOTP_INVALID', attemptsRemaining: result.attemptsRemaining });
    case 'asks-more':
      return answerAsked(result, answer);
    case 'failed':
      return answerFailure(result, answer);
    case 'started':
      return answerStarted(result.logs, answer);
  }
}

function answerStarted(logs: readonly LogEntry[], { reply, viewerSessionId, sight }: StartAnswer): unknown {
  const connectionLogs = connectionLogView(logs, sight);
  const sent: Started = { success: true, status: 'success', viewerSessionId, connectionLogs };
  return reply.send(sent);
}

function answerAsked(
  {
    sessionId,
    prompt,
    logs,
  }: { readonly sessionId: string; readonly prompt: string; readonly logs: readonly LogEntry[] },
  { reply, sight }: StartAnswer,
): unknown {
  const connectionLogs = connectionLogView(logs, sight);
  const sent: Started = {
    requires_totp: true,
    requiresTOTP: true,
    success: false,
    sessionId,
    prompt,
    connectionLogs,
  };
  return reply.send(sent);
}

function answerFailure(
  result: { readonly failure: Failure; readonly logs: readonly LogEntry[]; readonly retryAt?: number | null },
  { reply, sight }: StartAnswer,
): unknown {
  const { retryAt } = result;
  const failure = failureView(result.failure, sight);
  const logs = connectionLogView(result.logs, sight);
  const when = retryAt === undefined ? {} : { retryAt: retryAt === null ? null : new Date(retryAt).toISOString() };
  return reply.code(500).send({ error: failure.message, failure, connectionLogs: logs, ...when });
}
