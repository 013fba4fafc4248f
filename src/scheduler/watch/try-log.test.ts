import { expect, test } from 'vitest';
import { TryLog } from './try-log.ts';

function logOf() {
  const log = new TryLog({ now: () => 0, monotonic: () => 0 } as never);
  const connect = (isRefused: boolean): void => {
    const told = log.begin(() => {});
    told('info', 'tcp', 'Connecting');
    told(isRefused ? 'error' : 'success', 'auth', isRefused ? 'Refused' : 'Logged in');
  };
  const check = (isDown: boolean): void => {
    const { log: told, keep } = log.check();
    told('info', 'tcp', 'Checking');
    told(isDown ? 'error' : 'success', 'tcp', isDown ? 'No answer' : 'It answered');
    if (isDown) keep();
  };
  return { log, connect, check, lines: () => log.entries.map(({ message }) => message) };
}

test('a ping that finds a host down replaces the log of the connection that worked', () => {
  const { connect, check, lines } = logOf();
  connect(false);
  check(true);
  check(true);
  expect(lines()).toEqual(['Checking', 'No answer']);
});

test('a ping that finds a host up leaves the log of a refused login', () => {
  const { connect, check, lines } = logOf();
  connect(true);
  check(false);
  expect(lines()).toEqual(['Connecting', 'Refused']);
});

test('the ping after a failed attempt belongs to that attempt; the next attempt stands alone', () => {
  const { connect, check, lines } = logOf();
  connect(true);
  check(true);
  expect(lines()).toEqual(['Connecting', 'Refused', 'Checking', 'No answer']);
  check(true);
  expect(lines()).toEqual(['Checking', 'No answer']);
});

test('a lost connection begins a log, which the attempt after it continues', () => {
  const { log, connect, lines } = logOf();
  connect(false);
  log.lost('The connection ended');
  connect(true);
  expect(lines()).toEqual(['The connection ended', 'Connecting', 'Refused']);
  connect(false);
  expect(lines()).toEqual(['Connecting', 'Logged in']);
});
