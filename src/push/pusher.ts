import type { SondeMetrics } from '../export/own/own-metrics.ts';
import type { DestinationKind, DestinationState } from '../model/export/destination.ts';
import type { ExportedHost } from '../model/export/host.ts';
import type { FamilySeries } from '../model/export/own.ts';
import type { Family } from '../model/export/series.ts';
import { secretsOf, withoutSecrets } from '../notifiers/config.ts';
import { defaultLimits, type Limits } from '../notifiers/limits.ts';
import { noAnswer } from '../notifiers/no-answer.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import { Feed } from './feed.ts';
import { placeOf } from './place.ts';
import { createPoster, type Poster } from './post.ts';
import { protocols } from './protocols/index.ts';
import { type DestinationConfig, destinationSettings, headersOf } from './protocols/settings.ts';
import { Sender, shards } from './sender.ts';

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
  /** So long a destination that ends may send what waits, ms. */
  readonly endMs?: number;
  /** How requests are sent, if not by {@link createPoster}. */
  readonly openPoster?: typeof createPoster;
  readonly onError: (error: unknown) => void;
};

/** How a destination is reached. */
export type Reached = { readonly kind: DestinationKind; readonly config: DestinationConfig };

/**
 * A destination as it is to run. `version`: another one each time its settings change, so that another sender is needed;
 * `selection`: the same for its hosts.
 */
export type Destination = Reached & {
  readonly id: number;
  readonly version: string;
  readonly selection: string;
  readonly hosts: () => Promise<readonly ExportedHost[]>;
};

type Running = { destination: Destination; readonly place: string; readonly feed: Feed; readonly sender: Sender };

const tickMs = 1_000;
const usualEndMs = 5_000;
/** What may wait in memory: for one destination, and for all. */
const [maxBytes, maxBytesOfAll] = [64 << 20, 256 << 20];
const requestLimits: Limits = { ...defaultLimits, allMs: 30_000 };
const tested: Family = {
  name: 'sonde_build_info',
  type: 'gauge',
  help: 'Always 1: which version of Sonde this is',
};

/** Sends series to destinations: what hosts are sampled for, and what Sonde tells about them. */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #running = new Map<number, Running>();
  /** Those that say goodbye, by their number. */
  readonly #ending = new Map<number, Promise<void>>();
  /** Ends what says goodbye when Sonde is stopped. */
  readonly #over = new AbortController();
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
  async test({ kind, config }: Reached): Promise<Verdict> {
    const { clock, version, instance, limits = requestLimits } = this.#options;
    const { body, pack, judge } = protocols[kind];
    const request = body();
    const target = { labels: { ...config.labels, job: 'sonde', instance }, hostName: instance, startedAt: null };
    request.add(tested, { node: process.versions.node, version }, target, 1, clock.now());
    const poster = this.#poster({ kind, config }, 1, limits);
    try {
      const outcome = judge(await poster.post(await pack(request.finish()), AbortSignal.timeout(limits.allMs)));
      const result = (outcome.rejected ?? 0) > 0 ? 'refused' : outcome.result;
      return { ...outcome, result, answer: toldOf(config)(outcome.answer) };
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

  /** Says of every series that it has ended, and sends what waits, until the signal is aborted. */
  async close(signal: AbortSignal): Promise<void> {
    clearInterval(this.#timer);
    this.#unsubscribe();
    const over = (): void => this.#over.abort();
    if (signal.aborted) over();
    signal.addEventListener('abort', over);
    await this.apply([], false);
    await Promise.all(this.#ending.values());
    signal.removeEventListener('abort', over);
  }

  async #apply(destinations: readonly Destination[], refresh: boolean): Promise<void> {
    const wanted = new Map(destinations.map((one) => [one.id, one]));
    const old = [...this.#running.values()].filter(
      ({ destination: { id, version } }) => wanted.get(id)?.version !== version,
    );
    for (const { destination } of old) this.#running.delete(destination.id);
    // Nobody but what replaces it waits for a receiver that is away to hear of the end.
    for (const one of old) this.#end(one);
    for (const destination of destinations) {
      const known = this.#running.get(destination.id);
      if (known && !refresh && known.destination.selection === destination.selection) continue;
      // Read first: a destination whose hosts cannot be read now is begun with the next change.
      const hosts = await destination.hosts();
      const running = known ?? this.#begin(destination);
      running.destination = destination;
      await running.feed.setHosts(hosts);
    }
  }

  #begin(destination: Destination): Running {
    const { clock, control, ownMetrics, instance, limits = requestLimits, firstPauseMs } = this.#options;
    const { id, kind, config } = destination;
    const after = this.#ending.get(id);
    const sender = new Sender({
      clock,
      protocol: protocols[kind],
      poster: this.#poster(destination, shards, limits),
      receiver: new URL(config.url).host,
      told: toldOf(config),
      maxBytes: () => Math.min(maxBytes, maxBytesOfAll / Math.max(1, this.#running.size)),
      // What it was told before its settings changed arrives first.
      ...(after === undefined ? {} : { after }),
      ...(firstPauseMs === undefined ? {} : { firstPauseMs }),
    });
    const { labels = {}, job = 'node' } = config;
    const place = placeOf(config);
    const counted = (): readonly ExportedHost[] | null => this.#counted(id, place);
    const feed = new Feed({ clock, control, ownMetrics, sender, labels, job, instance, counted });
    const running = { destination, place, feed, sender };
    this.#running.set(id, running);
    return running;
  }

  /** The hosts of all destinations of a place, for the first of them: it alone tells about Sonde itself. null for the others. */
  #counted(id: number, place: string): readonly ExportedHost[] | null {
    const all = [...this.#running.values()].filter((one) => one.place === place);
    if (all.some(({ destination }) => destination.id < id)) return null;
    return [...new Map(all.flatMap(({ feed }) => feed.hosts).map((host) => [host.id, host])).values()];
  }

  #end({ destination: { id }, place, feed, sender }: Running): void {
    const goesOn = [...this.#running.values()].some((one) => one.place === place);
    const { endMs = usualEndMs } = this.#options;
    const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(endMs)]);
    const before = this.#ending.get(id);
    const ending = Promise.all([before, feed.end(signal, goesOn).then(() => sender.close(signal))])
      .then(() => undefined, this.#options.onError)
      .finally(() => {
        if (this.#ending.get(id) === ending) this.#ending.delete(id);
      });
    this.#ending.set(id, ending);
  }

  #poster({ kind, config }: Reached, maxConnections: number, limits: Limits): Poster {
    const { version, permitted, proxy, openPoster = createPoster } = this.#options;
    const reach = { isAdmin: true, permitted, proxy };
    const headers = headersOf(config, protocols[kind].headers, version);
    return openPoster({ url: config.url, headers, reach, limits, maxConnections });
  }

  #tick(): void {
    for (const { feed, sender } of this.#running.values()) {
      sender.tick();
      feed.sweep().catch(this.#options.onError);
    }
  }
}

/** What a receiver says, without the secrets that it may repeat. */
function toldOf(config: DestinationConfig): (answer: string) => string {
  const secrets = secretsOf(destinationSettings, config);
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
