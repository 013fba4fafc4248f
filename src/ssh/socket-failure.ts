import { networkInterfaces } from 'node:os';
import { ResolveError } from '../lib/names/address.ts';
import { DeniedError } from '../lib/networks.ts';
import type { Failure, Reason } from '../model/failure.ts';
import { failure } from './failures.ts';

/** What this machine lacks, by the code of an error. Source: errno(3). */
export const limits: Readonly<Record<string, Reason>> = {
  EMFILE: 'no-files',
  ENFILE: 'no-files',
  ENOMEM: 'no-memory',
  ENOBUFS: 'no-memory',
  EAGAIN: 'no-ports',
  EADDRNOTAVAIL: 'no-ports',
};

/**
 * What this machine lacks if a local socket could not be opened; null: nothing. A full queue there (EAGAIN) is not the
 * machine's fault.
 */
export function localLack({ code = '' }: NodeJS.ErrnoException): Failure | null {
  const limit = limits[code];
  return limit === 'no-files' || limit === 'no-memory' ? failure('sonde', limit) : null;
}

/** The failure for an error of a name or a socket, by its code (`ECONNREFUSED` …): of the stages dns, tcp and sonde. */
export function socketFailure(error: Error, address: string): Failure {
  if (error instanceof DeniedError) return failure('sonde', 'not-allowed', { address });
  if (error instanceof ResolveError && error.kind === 'not-found') return failure('dns', 'not-found', { address });
  const all: NodeJS.ErrnoException[] = error instanceof AggregateError ? error.errors : [error];
  const judged = all.map((one) => judge(one, address));
  // With several addresses, a refusal or a time-out of the host itself says more than a missing route.
  return (
    judged.find(({ stage, reason }) => stage === 'sonde' && reason !== 'no-network') ??
    judged.find(({ stage }) => stage !== 'sonde') ??
    judged[0] ??
    failure('tcp', 'unreachable')
  );
}

function judge(error: NodeJS.ErrnoException, address: string): Failure {
  if (error instanceof ResolveError) {
    const limit = limits[(error.cause as NodeJS.ErrnoException | undefined)?.code ?? ''];
    if (limit) return failure('sonde', limit);
    return isOffline('') ? failure('sonde', 'no-network') : failure('sonde', 'no-name-server', { address });
  }
  const target = (error as { readonly address?: string }).address ?? address;
  const limit = limits[error.code ?? ''];
  if (limit) return failure('sonde', limit === 'no-ports' && isOffline(target) ? 'no-network' : limit);
  switch (error.code) {
    case 'ECONNREFUSED':
      return failure('tcp', 'refused');
    case 'ECONNRESET':
    case 'EPIPE':
      return failure('tcp', 'reset');
    case 'ENETDOWN':
      return failure('sonde', 'no-network');
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ETIMEDOUT':
      if (isOfOwnStack(error) || isOffline(target)) return failure('sonde', 'no-network');
      return failure('tcp', error.code === 'ETIMEDOUT' ? 'timed-out' : 'unreachable');
    default:
      return failure('tcp', 'unreachable');
  }
}

/** Whether connecting failed before anything was sent: only then does Node name just the local end. */
function isOfOwnStack({ message }: Error): boolean {
  return message.includes(' - Local (');
}

/** Whether only this machine itself can be reached from it: no interface except loopback is up and has an address. */
export function isOffline(target: string): boolean {
  if (/^(127\.|::1$|::ffff:127\.)/.test(target)) return false;
  try {
    const all = Object.values(networkInterfaces()).flat();
    return !all.some((one) => one !== undefined && !one.internal && !/^fe80:/i.test(one.address));
  } catch {
    // This cannot be determined without free file descriptors.
    return false;
  }
}
