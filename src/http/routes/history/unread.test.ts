import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Unread } from './unread.ts';

test('who does not read long answers gets no more of them until they are read or closed; others do', () => {
  const unread = new Unread();
  const responses = [1, 2, 3].map(() => new EventEmitter());
  for (const response of responses) unread.hold('ada', response as never, 10_000_000);
  const hold = (user: string, length: number) => () => unread.hold(user, new EventEmitter() as never, length);
  expect(hold('ada', 10_000_000)).toThrow(expect.objectContaining({ statusCode: 503, retryAfterSeconds: 5 }));
  expect(hold('bob', 10_000_000)).not.toThrow();
  expect(hold('ada', 1_000)).not.toThrow();
  responses[0]?.emit('close');
  expect(hold('ada', 10_000_000)).not.toThrow();
  for (const response of responses.slice(1)) response.emit('close');
  expect(hold('eve', 40_000_000)).not.toThrow();
});

test('an answer whose client left before it was there counts no more', () => {
  const unread = new Unread();
  const gone = Object.assign(new EventEmitter(), { destroyed: true });
  unread.hold('ada', gone as never, 32_000_000);
  expect(() => unread.hold('ada', new EventEmitter() as never, 10_000_000)).not.toThrow();
});
