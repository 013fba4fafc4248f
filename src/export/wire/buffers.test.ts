import { expect, test } from 'vitest';
import { Buffers } from './buffers.ts';
import { OtlpRequest } from './otlp-request.ts';
import { WriteRequest } from './write-request.ts';

test('a buffer is used again once it was given back, and not before', () => {
  const buffers = new Buffers(16);
  const [one, other] = [buffers.take(), buffers.take()];
  expect(one).not.toBe(other);
  buffers.give(one);
  expect(buffers.take()).toBe(one);
  expect(buffers.take()).not.toBe(one);
});

test('of buffers that are given back, few are kept, and none of another size', () => {
  const buffers = new Buffers(16);
  const large = buffers.take(17);
  expect(large.length).toBe(17);
  buffers.give(large);
  expect(buffers.take(17)).not.toBe(large);
  const all = Array.from({ length: 100 }, () => buffers.take());
  for (const one of all) buffers.give(one);
  const again = new Set(Array.from({ length: 100 }, () => buffers.take()));
  expect(all.filter((one) => again.has(one))).toHaveLength(16);
});

test.each([WriteRequest, OtlpRequest])(
  'a body that is released twice does not hand its buffer to two others',
  (Body) => {
    const family = { name: 'x', type: 'gauge', help: '' } as const;
    const target = { labels: { instance: 'web' }, hostName: 'web', startedAt: null };
    const write = (value: number): Uint8Array => {
      const request = new Body();
      request.add(family, {}, target, value, 1);
      return request.finish();
    };
    const first = new Body();
    first.add(family, {}, target, 1, 1);
    first.finish();
    first.release();
    first.release();
    const [one, other] = [write(2), write(3)];
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false);
    expect(one.buffer).not.toBe(other.buffer);
  },
);
