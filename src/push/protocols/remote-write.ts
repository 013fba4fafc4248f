import { compress } from 'snappy';
import { WriteRequest } from '../../export/wire/write-request.ts';
import { byStatus } from '../../notifiers/verdicts.ts';
import { answerOf, type Protocol, pageInstead } from './protocol.ts';

/** Prometheus' remote write 1.0. */
export const remoteWrite: Protocol = {
  headers: {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  },
  body: () => new WriteRequest(),
  // Its block format. What it answers otherwise keeps all the room that was made for it, ten times of what it takes.
  pack: (body) => compress(Buffer.from(body.buffer, body.byteOffset, body.byteLength), { copyOutputData: true }),
  // By the specification, only 429 and 5xx may be tried again.
  judge: (reply) => {
    const page = pageInstead(reply);
    if (page !== null) return page;
    const verdict = byStatus(answerOf(reply));
    if (verdict.result !== 'again' || reply.status === 429 || reply.status >= 500) return verdict;
    return { result: 'refused', answer: verdict.answer };
  },
};
