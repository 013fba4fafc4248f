import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { httpPlace } from '../../lib/net/http-send.ts';
import { type ChannelConfig, secretsOf, withoutSecrets } from '../../notifiers/config.ts';
import { connectTo, serverName } from '../../notifiers/connect.ts';
import type { Limits } from '../../notifiers/limits.ts';
import { testMessage } from '../../notifiers/message.ts';
import type { Reach } from '../../notifiers/networks.ts';
import { noAnswer, TooLong } from '../../notifiers/no-answer.ts';
import type { Notifier } from '../../notifiers/notifier.ts';

/** Where something connects to. */
export type Place = { readonly host: string; readonly port: number; readonly isTls: boolean };

/**
 * Connects to the service of a channel, by TLS if messages go by TLS from the start, and sends nothing. Resolves with where
 * that was, and why it failed; null: it did not.
 */
export async function tryReach(
  notifier: Notifier,
  config: ChannelConfig,
  reach: Reach,
  limits: Limits,
): Promise<{ readonly host: string; readonly error: string | null }> {
  const { host, error } = await tryPlace(placeOf(notifier, config), reach, limits);
  return { host, error: error === null ? null : withoutSecrets(error, secretsOf(notifier, config)) };
}

/** The same for a place that is known. */
export async function tryPlace(
  { host, port, isTls }: Place,
  reach: Reach,
  limits: Limits,
): Promise<{ readonly host: string; readonly error: string | null }> {
  const all = AbortSignal.timeout(limits.allMs);
  let socket: Socket | null = null;
  try {
    const open = await connectTo(host, port, reach, { connectMs: limits.connectMs, signal: all });
    socket = open;
    if (isTls) await secured(open, host, all);
    return { host, error: null };
  } catch (error) {
    return { host, error: noAnswer(all.aborted ? new TooLong(`${host} did not answer in time`) : error, host).answer };
  } finally {
    socket?.destroy();
  }
}

function placeOf(notifier: Notifier, config: ChannelConfig): Place {
  const dressed = notifier.dress(testMessage({ key: 'none', at: 0, baseUrl: null }), config, 0);
  if (dressed.via === 'smtp') {
    const { host, port, security } = dressed.mail.server;
    return { host, port, isTls: security === 'tls' };
  }
  return placeOfUrl(dressed.requests[0]?.url ?? '');
}

/** Throws TypeError for what is no URL. */
export function placeOfUrl(text: string): Place {
  const { name: host, port, isTls } = httpPlace(new URL(text));
  return { host, port, isTls };
}

function secured(socket: Socket, host: string, signal: AbortSignal): Promise<void> {
  return new Promise((done, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    const tls = connectTls({ socket, host, servername: serverName(host), ALPNProtocols: ['http/1.1'] });
    tls.once('secureConnect', done).once('error', reject);
  });
}
