import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createCosts } from './cost.ts';

const hourMs = 3_600_000;
const midnight = Date.UTC(2026, 10, 25);

function setUp() {
  let now = midnight + 10 * hourMs;
  const clock = { now: () => now, monotonic: () => now };
  const host = createCosts(clock).of(1);
  return {
    host,
    pass: (ms: number): void => {
      now += ms;
    },
  };
}

/** A socket on which bytes can be moved by hand. */
function wire() {
  return Object.assign(new EventEmitter(), { bytesRead: 0, bytesWritten: 0 });
}

const first = { why: 'first', after: null } as const;

describe('what a connection costs', () => {
  test('that logs in: a login, its bytes as they go, three lines when it ends', () => {
    const { host } = setUp();
    const [socket, meter] = [wire(), host.meter(first)];
    meter.connected(socket);
    for (const method of ['none', 'publickey']) meter.offered(method);
    meter.loggedIn();
    socket.bytesRead = 100;
    expect(host.read().today).toMatchObject({ connections: 1, logins: 1, receivedBytes: 100, logLines: 1 });
    Object.assign(socket, { bytesRead: 150, bytesWritten: 20 });
    socket.emit('close');
    expect(host.read().today).toMatchObject({
      connectionReasons: [{ why: 'first', after: null, count: 1 }],
      refusedLogins: 0,
      receivedBytes: 150,
      sentBytes: 20,
      logLines: 3,
    });
  });

  test('that is refused: one line for every offer, and one for its end', () => {
    const { host } = setUp();
    const meter = host.meter({ why: 'retry', after: { stage: 'auth', reason: 'rejected' } });
    const socket = wire();
    meter.connected(socket);
    for (const method of ['none', 'password']) meter.offered(method);
    socket.emit('close');
    expect(host.read().today).toMatchObject({
      connectionReasons: [{ why: 'retry', after: 'auth/rejected', count: 1 }],
      logins: 0,
      refusedLogins: 1,
      logLines: 2,
    });
  });

  test('that never stood is none', () => {
    const { host } = setUp();
    host.meter(first);
    expect(host.read().today.connections).toBe(0);
  });
});

describe('at midnight', () => {
  test('a day becomes yesterday, with the bytes that were moved before', () => {
    const { host, pass } = setUp();
    const socket = wire();
    host.meter(first).connected(socket);
    host.sampled(0.5);
    host.sampled(null);
    socket.bytesRead = 7;
    pass(14 * hourMs);
    host.pinged();
    const { today, yesterday } = host.read();
    expect(yesterday).toMatchObject({ day: '2026-11-25', samples: 2, hostCpuSeconds: 0.5, receivedBytes: 7 });
    expect(today).toMatchObject({ day: '2026-11-26', since: midnight + 24 * hourMs, pings: 1, receivedBytes: 0 });
  });

  test('a clock that jumps forgets, and goes on', () => {
    const { host, pass } = setUp();
    host.pinged();
    pass(-48 * hourMs);
    host.pinged();
    expect(host.read()).toMatchObject({ today: { day: '2026-11-23', pings: 1 }, yesterday: null });
  });
});

test('the totals go on over midnight and over days without anything', () => {
  const { host, pass } = setUp();
  const [socket, meter] = [wire(), host.meter(first)];
  meter.connected(socket);
  meter.loggedIn();
  host.sampled(0.5);
  socket.bytesRead = 100;
  expect(host.totals()).toEqual({
    samples: 1,
    hostCpuSeconds: 0.5,
    receivedBytes: 100,
    sentBytes: 0,
    logins: 1,
    refusedLogins: 0,
    logLines: 1,
  });
  pass(24 * hourMs);
  socket.bytesRead = 150;
  host.sampled(0.25);
  expect(host.read().today.samples).toBe(1);
  expect(host.totals()).toMatchObject({ samples: 2, hostCpuSeconds: 0.75, receivedBytes: 150, logins: 1 });
  pass(72 * hourMs);
  expect(host.totals()).toMatchObject({ samples: 2, hostCpuSeconds: 0.75, receivedBytes: 150, logins: 1, logLines: 1 });
});
