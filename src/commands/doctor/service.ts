/** Checks of what runs: the service itself, its certificate, and the services that it sends messages to. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { databaseFile } from '../../config/data-dir.ts';
import { readChannels, type StoredChannel } from '../../db/inspect.ts';
import { lockDataDir, lockFile } from '../../db/lock.ts';
import { createSealer } from '../../lib/seal.ts';
import { storedObject } from '../../lib/stored.ts';
import { channelSecretOf } from '../../model/alerts/channel.ts';
import { notifierOf } from '../../notifiers/index.ts';
import { addressOfHealth, readHealth, whyNot } from '../health.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { isIdleDatabase } from './idle.ts';
import { tryReach } from './try-reach.ts';

const limits = { connectMs: 5_000, allMs: 8_000, answerBytes: 1_024 };
const lockMs = 100;
const dayMs = 86_400_000;
const atOnce = 8;

/** Whether Sonde runs, and what it says of itself. */
export async function checkService(config: Config): Promise<readonly Finding[]> {
  if (!isRunning(config.dataDir))
    return [
      warning(
        'service',
        'Sonde is not running with this data folder',
        'Start it: sonde start, or systemctl start sonde',
      ),
    ];
  const url = addressOfHealth(config);
  try {
    const health = await readHealth(url);
    const wrong = [health.storage, health.history, ...(health.lacks ?? []), health.alerts].flatMap((one) => {
      const { message, reason } = (one ?? {}) as { readonly message?: string; readonly reason?: string };
      if (message === undefined) return [];
      const todo =
        reason === 'no-channel' ? 'Add a channel on the page: Alerts, Channels' : 'See docs/troubleshooting.md';
      return [warning('service', message, todo)];
    });
    return [ok('service', `Sonde runs, and answers at ${url}`), ...wrong];
  } catch (error) {
    return [
      problem(
        'service',
        `Sonde runs, but does not answer at ${url}: ${whyNot(error)}`,
        'Run this with the settings that Sonde runs with, or look at its log',
      ),
    ];
  }
}

function isRunning(dataDir: string): boolean {
  // Taking the lock would create it.
  if (!existsSync(lockFile(dataDir))) return false;
  try {
    lockDataDir(dataDir, lockMs)();
    return false;
  } catch (error) {
    return (error as Error).message.startsWith('Another Sonde');
  }
}

/** How long the certificate of the page is valid. */
export function checkCertificate({ tls }: Config, nowMs: number): readonly Finding[] {
  if (!tls) return [];
  const todo = 'Renew it, and set SONDE_TLS_CERT and SONDE_TLS_KEY to the new files';
  try {
    const { validTo } = new X509Certificate(readFileSync(tls.certFile));
    const days = Math.floor((Date.parse(validTo) - nowMs) / dayMs);
    const text = `The TLS certificate ${days < 0 ? 'ended' : 'ends'} on ${validTo}`;
    if (days < 0) return [problem('service', text, todo)];
    return [days < 14 ? warning('service', text, todo) : ok('service', text)];
  } catch (error) {
    return [
      problem('service', `The TLS certificate ${tls.certFile} cannot be read: ${(error as Error).message}`, todo),
    ];
  }
}

/** Whether the services of all channels that are on can be reached. Nothing is sent to them. */
export async function checkChannels(config: Config, key: Buffer | null): Promise<readonly Finding[]> {
  if (key === null) return [];
  const file = databaseFile(config.dataDir);
  const waiting = [...readChannels(file, isIdleDatabase(file))];
  const findings: Finding[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      findings.push(await ofChannel(next, config, key));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return findings;
}

async function ofChannel(
  { id, kind, name, configSealed, isAdmin }: StoredChannel,
  config: Config,
  key: Buffer,
): Promise<Finding> {
  const label = `The channel "${name}" (${kind})`;
  const again = 'Open the channel on the page and enter its configuration again';
  const notifier = notifierOf(kind);
  if (notifier === null) return warning('channel', `${label} is of a newer Sonde`, 'Install the newer Sonde');
  try {
    const opened = storedObject(createSealer(key).open(configSealed ?? '', channelSecretOf(id)));
    if (opened === null) return problem('channel', `${label} has no configuration that can be read`, again);
    const reach = { isAdmin, permitted: config.notifyNetworks, proxy: config.notifyProxy };
    const { host, error } = await tryReach(notifier, opened, reach, limits);
    return error === null
      ? ok('channel', `${label} can reach ${host}`)
      : problem(
          'channel',
          `${label} cannot reach its service: ${error}`,
          'Check the address in the channel, and the network and proxy of this machine',
        );
  } catch (error) {
    return problem('channel', `${label} cannot be used: ${(error as Error).message}`, again);
  }
}
