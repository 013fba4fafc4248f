import { setImmediate as turn } from 'node:timers/promises';
import { hostFamilies, seriesOf } from '../export/own/host-families.ts';
import type { SondeMetrics } from '../export/own/own-metrics.ts';
import { targetLabels } from '../export/text.ts';
import { type CommonLabels, commonLabels, type WriteRequest } from '../export/wire/write-request.ts';
import type { ExportedHost } from '../model/export/host.ts';
import type { Family, HostSeries, Labels } from '../model/export/series.ts';
import type { Observation } from '../model/observation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import type { Sender } from './sender.ts';

export type FeedOptions = {
  readonly clock: Clock;
  readonly control: Pick<Control, 'exported' | 'wantedByExport' | 'freshForSeconds'>;
  readonly ownMetrics: Pick<SondeMetrics, 'known' | 'read'>;
  readonly sender: Pick<Sender, 'write'>;
  /** Labels of every series, besides those of the host. */
  readonly labels: Labels;
  /** The label `job` of what hosts tell. */
  readonly job: string;
  /** The label `instance` of what Sonde tells about itself. */
  readonly instance: string;
};

type Told = { readonly family: Family; readonly labels: Labels };
/** `at`: when the host was last told of, ms since the epoch. */
type Fed = {
  host: ExportedHost;
  node: CommonLabels;
  own: CommonLabels;
  at: number;
  series: Pick<HostSeries, 'layout' | 'own'> | null;
  ownSeries: readonly Told[];
};

/** Sonde asks for a host's samples for so long at once, and again before that is over. */
const wantedMs = 300_000;
const renewMs = 60_000;
/** A host that is down is told of this often at most, and Sonde itself this often. */
const leastMs = 10_000;
const sondeMs = 30_000;
/** A time so far ahead is of a clock that was wrong. */
const clockMs = 60_000;
/** How many hosts are handled before others get a turn. */
const perTurn = 50;
const up: Family = { name: 'up', type: 'gauge', help: 'Whether the host was read' };

/** Decides what one destination is told of which host, and when: samples as they come, and the end of what has ended. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #hosts = new Map<number, Fed>();
  readonly #sonde: CommonLabels;
  #sondeTold: readonly Told[] = [];
  #renewedAt = Number.NEGATIVE_INFINITY;
  #sondeAt = Number.NEGATIVE_INFINITY;
  #isSweeping = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#sonde = commonLabels({ ...options.labels, job: 'sonde', instance: options.instance });
  }

  get size(): number {
    return this.#hosts.size;
  }

  /** The hosts that are sent from now on. What others had ends. */
  async setHosts(hosts: readonly ExportedHost[]): Promise<void> {
    const now = this.#options.clock.now();
    const next = new Map(hosts.map((host) => [host.id, host]));
    let done = 0;
    for (const [id, fed] of this.#hosts) {
      const host = next.get(id);
      if (host && sameLabels(host, fed.host)) {
        fed.host = host;
        continue;
      }
      this.#end(id, fed, now);
      done += 1;
      if (done % perTurn === 0) await turn();
    }
    for (const host of hosts) if (!this.#hosts.has(host.id)) this.#hosts.set(host.id, this.#fed(host, now));
    this.#renewedAt = Number.NEGATIVE_INFINITY;
    this.#renew();
  }

  /** A host was read, or could not be. */
  observed({ hostId, sample, at }: Pick<Observation, 'hostId' | 'sample' | 'at'>): void {
    const fed = this.#hosts.get(hostId);
    if (!fed) return;
    const series = this.#options.control.exported(hostId);
    if (series && series.at > fed.at) this.#tell(fed, series, series.at);
    else if (!sample && !series && (fed.series !== null || at - fed.at >= leastMs)) this.#tell(fed, null, at);
  }

  /** Tells of hosts that nothing was heard from, and of Sonde itself. Called every second; never runs twice at once. */
  async sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      const now = this.#options.clock.now();
      this.#renew();
      if (Math.abs(now - this.#sondeAt) >= sondeMs) this.#tellSonde(now);
      let told = 0;
      for (const [id, fed] of this.#hosts) {
        // The clock was set back: what is told now is of a time that receivers may take or not.
        if (fed.at - now > clockMs) fed.at = now - 1;
        if (now - fed.at < 1_000 * this.#options.control.freshForSeconds(id)) continue;
        const series = this.#options.control.exported(id);
        if (series && series.at > fed.at) this.#tell(fed, series, series.at);
        else this.#tell(fed, null, now);
        told += 1;
        if (told % perTurn === 0) await turn();
      }
    } finally {
      this.#isSweeping = false;
    }
  }

  /** Says of every series that it has ended, until the signal is aborted. */
  async end(signal: AbortSignal): Promise<void> {
    const now = this.#options.clock.now();
    let done = 0;
    for (const [id, fed] of this.#hosts) {
      if (signal.aborted) return;
      this.#end(id, fed, now);
      done += 1;
      if (done % perTurn === 0) await turn();
    }
    if (Number.isFinite(this.#sondeAt)) this.#tellSonde(Math.max(now, this.#sondeAt + 1), true);
  }

  #fed(host: ExportedHost, now: number): Fed {
    const { labels, job } = this.#options;
    const target = targetLabels(host);
    return {
      host,
      node: commonLabels({ ...labels, job, ...target }),
      own: commonLabels({ ...labels, job: 'sonde' }),
      at: now,
      series: null,
      ownSeries: [],
    };
  }

  #renew(): void {
    const now = this.#options.clock.now();
    if (Math.abs(now - this.#renewedAt) < renewMs) return;
    this.#renewedAt = now;
    for (const id of this.#hosts.keys()) this.#options.control.wantedByExport(id, now + wantedMs);
  }

  /** `series`: null while the host cannot be read, so that everything it told before has ended. */
  #tell(fed: Fed, series: HostSeries | null, time: number): void {
    const { sender, ownMetrics } = this.#options;
    // Never twice at the same time.
    const at = Math.max(Math.round(time), Math.round(fed.at) + 1);
    const known = ownMetrics.known(fed.host);
    const own = hostFamilies.flatMap((one) =>
      seriesOf(one, known).map(({ labels, value }) => ({ family: one.family, labels, value })),
    );
    sender.write(fed.host.id, (request) => {
      if (series) request.addHost(series, fed.node, at);
      request.add(up.name, {}, fed.node, series ? 1 : 0, at);
      for (const { family, labels, value } of own) request.add(family.name, labels, fed.own, value, at);
      addEnded(request, fed.node, toldBy(fed.series), toldBy(series), at);
      addEnded(request, fed.own, fed.ownSeries, own, at);
    });
    fed.at = at;
    fed.series = series && { layout: series.layout, own: series.own };
    fed.ownSeries = own.map(({ family, labels }) => ({ family, labels }));
  }

  #end(id: number, fed: Fed, time: number): void {
    const at = Math.max(Math.round(time), Math.round(fed.at) + 1);
    this.#hosts.delete(id);
    if (fed.ownSeries.length === 0) return;
    this.#options.sender.write(id, (request) => {
      if (fed.series) request.addHost({ ...fed.series, values: new Float64Array() }, fed.node, at, true);
      request.add(up.name, {}, fed.node, 'stale', at);
      for (const { family, labels } of fed.ownSeries) request.add(family.name, labels, fed.own, 'stale', at);
    });
  }

  /** `hasEnded`: nothing is told any more. */
  #tellSonde(now: number, hasEnded = false): void {
    const { sender, ownMetrics } = this.#options;
    this.#sondeAt = now;
    const hosts = [...this.#hosts.values()].map(({ host }) => host);
    const told = [...ownMetrics.read(hosts)].flatMap(({ family, series }) =>
      family.name.startsWith('sonde_host_') || hasEnded
        ? []
        : [...series].map(({ labels, value }) => ({ family, labels, value })),
    );
    sender.write(0, (request) => {
      request.add(up.name, {}, this.#sonde, hasEnded ? 'stale' : 1, now);
      for (const { family, labels, value } of told) request.add(family.name, labels, this.#sonde, value, now);
      addEnded(request, this.#sonde, this.#sondeTold, told, now);
    });
    this.#sondeTold = told;
  }
}

type Ended = { readonly layout: HostSeries['layout'] | null; readonly own: readonly Told[] };

function toldBy(series: Pick<HostSeries, 'layout' | 'own'> | null): Ended {
  return { layout: series?.layout ?? null, own: series?.own ?? [] };
}

/** Says of the series that are no longer among the present ones that they have ended. */
function addEnded(
  request: WriteRequest,
  common: CommonLabels,
  before: Ended | readonly Told[],
  now: Ended | readonly Told[],
  at: number,
): void {
  const [old, present] = [asEnded(before), asEnded(now)];
  if (old.layout === present.layout && areSame(old.own, present.own)) return;
  const left = new Set([...(present.layout?.series ?? []), ...present.own].map(keyOf));
  for (const one of [...(old.layout?.series ?? []), ...old.own])
    if (!left.has(keyOf(one))) request.add(one.family.name, one.labels, common, 'stale', at);
}

function asEnded(told: Ended | readonly Told[]): Ended {
  return 'layout' in told ? told : { layout: null, own: told };
}

function areSame(one: readonly Told[], other: readonly Told[]): boolean {
  return (
    one === other ||
    (one.length === other.length &&
      one.every((told, index) => {
        const also = other[index] as Told;
        return told.family === also.family && (told.labels === also.labels || keyOf(told) === keyOf(also));
      }))
  );
}

function keyOf({ family, labels }: Told): string {
  return `${family.name} ${JSON.stringify(labels)}`;
}

function sameLabels(one: ExportedHost, other: ExportedHost): boolean {
  return one.instance === other.instance && one.folder === other.folder;
}
