import { resolve } from '../../lib/names/resolve.ts';
import { allowed } from '../../lib/networks.ts';
import { HostError } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { ProbeResult } from '../../model/observation.ts';
import { tcpPing } from '../../probes/tcp.ts';
import { failure } from '../../ssh/failures.ts';
import { dialThrough } from '../../ssh/proxies.ts';
import { socketFailure } from '../../ssh/socket-failure.ts';
import type { Start } from './hold.ts';

const pingMs = 5_000;

/**
 * Checks whether a host's port answers: directly, by a connection that is reset at once; through a proxy or from a jump
 * host, by one that is closed at once. Never throws for failures of the host or of a hop.
 */
export async function pingHost(
  target: WatchTarget,
  { via, proxies }: Start,
  signal: AbortSignal,
  timeoutMs = pingMs,
): Promise<ProbeResult> {
  const { address, port, deniedNetworks } = target;
  if (via === null && proxies.length === 0) {
    try {
      const result = await tcpPing(allowed(await resolve(address, signal), deniedNetworks), port, timeoutMs);
      if (result.up) return { up: true, latencyMs: result.latencyMs, failure: null };
      if (result.error) throw result.error;
      return { up: false, latencyMs: null, failure: failure('tcp', 'timed-out') };
    } catch (error) {
      signal.throwIfAborted();
      return { up: false, latencyMs: null, failure: socketFailure(error as Error, address) };
    }
  }
  const start = performance.now();
  try {
    const stream = via
      ? await via.held.forward({ address, port, from: via.name, timeoutMs, signal })
      : await dialThrough(proxies, { address, port, timeoutMs, deniedNetworks }, () => {}, signal);
    const latencyMs = performance.now() - start;
    stream.on('error', () => {});
    if ('resetAndDestroy' in stream) (stream as { resetAndDestroy: () => void }).resetAndDestroy();
    else stream.destroy();
    return { up: true, latencyMs, failure: null };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { up: false, latencyMs: null, failure: error.failure };
  }
}
