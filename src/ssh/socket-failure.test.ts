import { expect, test } from 'vitest';
import { ResolveError } from '../lib/names/address.ts';
import { socketFailure } from './socket-failure.ts';

const error = (code: string, message = code): NodeJS.ErrnoException =>
  Object.assign(new Error(message), { code, address: '127.0.0.1' });

test.each([
  ['EMFILE', 'no-files'],
  ['ENFILE', 'no-files'],
  ['ENOMEM', 'no-memory'],
  ['ENOBUFS', 'no-memory'],
  ['EADDRNOTAVAIL', 'no-ports'],
  ['EAGAIN', 'no-ports'],
  ['ENETDOWN', 'no-network'],
])('%s is ours: %s', (code, reason) => {
  expect(socketFailure(error(code), 'h')).toMatchObject({ stage: 'sonde', reason });
});

test('a send that our own stack refuses is ours, one that a router refuses is not', () => {
  const own = error('ENETUNREACH', 'connect ENETUNREACH 192.0.2.1:22 - Local (0.0.0.0:0)');
  expect(socketFailure(own, 'h')).toMatchObject({ stage: 'sonde', reason: 'no-network' });
  const far = error('EHOSTUNREACH', 'connect EHOSTUNREACH 127.0.0.1:22');
  expect(socketFailure(far, 'h')).toMatchObject({ stage: 'tcp', reason: 'unreachable' });
});

test('of two addresses, one that refuses says more than one without a route', () => {
  const own = error('ENETUNREACH', 'connect ENETUNREACH ::1:22 - Local (:::0)');
  const both = new AggregateError([own, error('ECONNREFUSED')]);
  expect(socketFailure(both, 'h')).toMatchObject({ stage: 'tcp', reason: 'refused' });
  expect(socketFailure(new AggregateError([error('ECONNREFUSED'), error('EMFILE')]), 'h').reason).toBe('no-files');
});

test('a name server that is silent is ours; one that says no is not', () => {
  const silent = new ResolveError('no-answer', 'h', { cause: error('ETIMEOUT') });
  expect(socketFailure(silent, 'h').stage).toBe('sonde');
  expect(socketFailure(new ResolveError('not-found', 'h'), 'h')).toMatchObject({ stage: 'dns', reason: 'not-found' });
  const noFiles = new ResolveError('no-answer', 'h', { cause: error('EMFILE') });
  expect(socketFailure(noFiles, 'h').reason).toBe('no-files');
});
