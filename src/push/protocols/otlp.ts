import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { readPartialSuccess, readStatusMessage } from '../../export/wire/otlp-answer.ts';
import { OtlpRequest } from '../../export/wire/otlp-request.ts';
import type { HttpReply } from '../../lib/net/http-send.ts';
import { byStatus, saidBy } from '../../notifiers/verdicts.ts';
import { answerOf, type Outcome, type Protocol, pageInstead } from './protocol.ts';

const protobuf = 'application/x-protobuf';
/** By the specification, nothing else may be tried again. Source: OTLP 1, "Retryable Response Codes". */
const retryable = new Set([429, 502, 503, 504]);
const packed = promisify(gzip);
const level = constants.Z_BEST_SPEED;

/** OTLP over HTTP, in protobuf. */
export const otlp: Protocol = {
  headers: { 'content-type': protobuf, 'content-encoding': 'gzip', accept: protobuf },
  body: () => new OtlpRequest(),
  // A copy takes only the room that it needs: what waits for a receiver may be kept for ten minutes.
  pack: async (body) => Uint8Array.from(await packed(body, { level })),
  judge,
};

function judge(reply: HttpReply): Outcome {
  const page = pageInstead(reply);
  if (page !== null) return page;
  const { status, contentType = '', bytes } = reply;
  const isMessage = contentType.toLowerCase().startsWith(protobuf);
  if (status >= 200 && status < 300) {
    const { rejected, message } =
      isMessage || contentType === '' ? readPartialSuccess(bytes) : { rejected: 0, message: '' };
    if (rejected === 0 && message === '')
      return { result: 'sent', answer: saidBy(answerOf(reply, isMessage ? '' : undefined)) };
    const points = rejected === 1 ? '1 data point was' : `${rejected} data points were`;
    const part = rejected === 0 ? 'a warning' : `${points} rejected`;
    return {
      result: 'sent',
      rejected,
      answer: saidBy(answerOf(reply, `${part}${message === '' ? '' : `: ${message}`}`)),
    };
  }
  const verdict = byStatus(answerOf(reply, isMessage ? (readStatusMessage(bytes) ?? '') : undefined));
  if (retryable.has(status)) return { ...verdict, result: 'again' };
  return { result: verdict.result === 'dead' ? 'dead' : 'refused', answer: verdict.answer };
}
