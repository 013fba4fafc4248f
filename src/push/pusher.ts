import { setTimeout as sleep } from 'node:timers/promises';
import type { SondeMetrics } from '../export/own/own-metrics.ts';
import { commonLabels, WriteRequest } from '../export/wire/write-request.ts';
import type { DestinationState } from '../model/export/destination.ts';
import type { ExportedHost } from '../model/export/host.ts';
import type { FamilySeries } from '../model/export/own.ts';
import { secretsOf, withoutSecrets } from '../notifiers/config.ts';
import { defaultLimits, type Limits } from '../notifiers/limits.ts';
import { noAnswer } from '../notifiers/no-answer.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import { Feed } from './feed.ts';
import { createPoster, type Poster } from './post.ts';
import { headersOf, type RemoteWriteConfig, remoteWriteSettings } from './remote-write.ts';
import { judge, packed, Sender, shards } from './sender.ts';

export type PusherOptions = {
  readonly clock: Clock;
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly control: Pick<Control, 'exported' | 'wantedByExport' | 'freshForSeconds'>;
  readonly ownMetrics: Pick<SondeMetrics, 'known' | 'read'>;
  readonly version: string;
  /** The label `instance` of what Sonde tells about itself. */
  readonly instance: string;
  /** Networks that the operator permits, and the HTTP proxy for public addresses. */
  readonly permitted: readonly string[];
  readonly proxy: URL | null;
  readonly limits?: Limits;
  readonly firstPauseMs?: number;
  readonly onError: (error: unknown) => void;
};

/** A destination as it is to run. `version`: another one each time it changes. */
export type Destination = {
  readonly id: number;
  readonly version: string;
  readonly config: RemoteWriteConfig;
  readonly hosts: () => Promise<readonly ExportedHost[]>;
};

type Running = { readonly destination: Destination; readonly feed: Feed; readonly sender: Sender };

const tickMs = 1_000;
const endMs = 5_000;
/** The same when Sonde is stopped: history and the database are closed after it, all within 4.5 s (src/start.ts). */
const closeMs = 1_500;
/** What may wait in memory: for one destination, and for all. */
const [maxBytes, maxBytesOfAll] = [64 << 20, 256 << 20];
const requestLimits: Limits = { ...defaultLimits, allMs: 30_000 };

/** Sends series to destinations: what hosts are sampled for, and what Sonde tells about them. */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #running = new Map<number, Running>();
  /** Those that say goodbye. */
  readonly #ending = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: PusherOptions) {
    this.#options = options;
    this.#unsubscribe = options.bus.subscribe((observation) => {
      for (const { feed } of this.#running.values()) feed.observed(observation);
    });
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  /** Runs these destinations and no others; what did not change goes on. `refresh`: reads the hosts of all again. */
  apply(destinations: readonly Destination[], refresh = true): Promise<void> {
    this.#turn = this.#turn.then(() => this.#apply(destinations, refresh)).catch(this.#options.onError);
    return this.#turn;
  }

  /** How it goes with a destination; null: it does not run. */
  standing(id: number) {
    const running = this.#running.get(id);
    return running ? { ...running.sender.standing(), hosts: running.feed.size } : null;
  }

  /** Sends one sample now, and says what the receiver answered. */
  async test(config: RemoteWriteConfig): Promise<Verdict> {
    const { clock, version, instance, limits = requestLimits } = this.#options;
    const request = new WriteRequest();
    const common = commonLabels({ ...config.labels, job: 'sonde', instance });
    request.add('sonde_build_info', { node: process.versions.node, version }, common, 1, clock.now());
    const poster = this.#poster(config, 1, limits);
    try {
      const verdict = judge(await poster.post(await packed(request.finish()), AbortSignal.timeout(limits.allMs)));
      return { ...verdict, answer: toldOf(config)(verdict.answer) };
    } catch (error) {
      return noAnswer(error, new URL(config.url).host);
    } finally {
      poster.close();
    }
  }

  /** What it tells of itself. */
  families(): readonly FamilySeries[] {
    // By its number: whoever may read Sonde's own metrics need not know what an admin calls it.
    const all = [...this.#running.values()].map(({ destination: { id }, sender }) => ({
      labels: { destination: String(id) },
      ...sender.standing(),
    }));
    const of = (what: 'sent' | 'failed' | 'dropped', help: string): FamilySeries => ({
      family: { name: `sonde_export_${what}_total`, type: 'counter', help },
      series: all.map((one) => ({ labels: one.labels, value: one[what] })),
    });
    return [
      of('dropped', 'Samples given up because a destination was away for too long'),
      of('failed', 'Samples that a destination refused'),
      {
        family: { name: 'sonde_export_lag_seconds', type: 'gauge', help: 'How old the oldest sample is that waits' },
        series: all.map(({ labels, lagSeconds }) => ({ labels, value: lagSeconds })),
      },
      of('sent', 'Samples that a destination took'),
    ];
  }

  /** Says of every series that it has ended, and sends what waits, in the time that there is. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#unsubscribe();
    const over = new AbortController();
    const ended = this.apply([], false).then(() => Promise.all(this.#ending));
    await Promise.race([ended, sleep(closeMs, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
  }

  async #apply(destinations: readonly Destination[], refresh: boolean): Promise<void> {
    const wanted = new Map(destinations.map((one) => [one.id, one]));
    const old = [...this.#running.values()].filter(
      ({ destination: { id, version } }) => wanted.get(id)?.version !== version,
    );
    // Nobody waits for a receiver that is away to hear of the end: what comes next is of a later time.
    for (const one of old) this.#end(one);
    for (const destination of destinations) {
      const known = this.#running.get(destination.id);
      if (known && !refresh) continue;
      // Read first: a destination whose hosts cannot be read now is begun with the next change.
      const hosts = await destination.hosts();
      const running = known ?? this.#begin(destination);
      await running.feed.setHosts(hosts);
    }
  }

  #begin(destination: Destination): Running {
    const { clock, control, ownMetrics, instance, limits = requestLimits, firstPauseMs } = this.#options;
    const { config } = destination;
    const sender = new Sender({
      clock,
      poster: this.#poster(config, shards, limits),
      receiver: new URL(config.url).host,
      told: toldOf(config),
      maxBytes: () => Math.min(maxBytes, maxBytesOfAll / Math.max(1, this.#running.size)),
      ...(firstPauseMs === undefined ? {} : { firstPauseMs }),
    });
    const { labels = {}, job = 'node' } = config;
    const feed = new Feed({ clock, control, ownMetrics, sender, labels, job, instance });
    const running = { destination, feed, sender };
    this.#running.set(destination.id, running);
    return running;
  }

  #end({ destination, feed, sender }: Running): void {
    this.#running.delete(destination.id);
    const ending = feed
      .end(AbortSignal.timeout(endMs))
      .then(() => sender.close(endMs))
      .catch(this.#options.onError)
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #poster(config: RemoteWriteConfig, maxConnections: number, limits: Limits): Poster {
    const { version, permitted, proxy } = this.#options;
    const reach = { isAdmin: true, permitted, proxy };
    return createPoster({ url: config.url, headers: headersOf(config, version), reach, limits, maxConnections });
  }

  #tick(): void {
    for (const { feed, sender } of this.#running.values()) {
      sender.tick();
      feed.sweep().catch(this.#options.onError);
    }
  }
}

/** What a receiver says, without the secrets that it may repeat. */
function toldOf(config: RemoteWriteConfig): (answer: string) => string {
  const secrets = secretsOf(remoteWriteSettings, config);
  return (answer) => withoutSecrets(answer, secrets);
}

/** What is said of a destination that does not run. */
export function idle(state: DestinationState) {
  return {
    state,
    hosts: 0,
    sentAt: null,
    lagSeconds: 0,
    waitingBytes: 0,
    sent: 0,
    failed: 0,
    dropped: 0,
    error: null,
  };
}
