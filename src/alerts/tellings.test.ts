import { expect, test } from 'vitest';
import { tellingOf } from './tellings.ts';

const line = (at: number, what: string, by_whom: string, text = '') => ({ at, what, by_whom, text });

test('channels are counted once however often they are told, and the last time stands', () => {
  const log = [line(1, 'told', 'mail'), line(2, 'told', 'chat'), line(9, 'told', 'mail')];
  expect(tellingOf(log)).toEqual({ channels: 2, at: 9, failed: null });
});

test('a channel that could not be told is named with the reason until it is told', () => {
  const failing = [line(1, 'told', 'mail'), line(2, 'failed', 'chat', 'It answered 404')];
  expect(tellingOf(failing)).toEqual({ channels: 1, at: 1, failed: { channel: 'chat', text: 'It answered 404' } });
  expect(tellingOf([...failing, line(3, 'told', 'chat')])).toEqual({ channels: 2, at: 3, failed: null });
});
