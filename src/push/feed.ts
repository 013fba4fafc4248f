import { setImmediate as turn } from 'node:timers/promises';
import { hostSeries } from '../export/own/host-series.ts';
import type { SondeMetrics } from '../export/own/own-metrics.ts';
import { targetLabels } from '../export/text.ts';
import type { Target } from '../export/wire/series-body.ts';
import type { ExportedHost } from '../model/export/host.ts';
import type { Family, HostSeries, Labels } from '../model/export/series.ts';
import type { Observation } from '../model/observation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import { Described } from './described.ts';
import { addEnded, nothing, type Told } from './ended.ts';
import type { Sender } from './sender.ts';

export type FeedOptions = {
  readonly clock: Clock;
  readonly control: Pick<Control, 'exported' | 'wantedByExport' | 'freshForSeconds'>;
  readonly ownMetrics: Pick<SondeMetrics, 'known' | 'read'>;
  readonly sender: Pick<Sender, 'write' | 'writeAlone'>;
  /** Labels of every series, besides those of the host. */
  readonly labels: Labels;
  /** The label `job` of what hosts tell. */
  readonly job: string;
  /** The label `instance` of what Sonde tells about itself. */
  readonly instance: string;
  /** The hosts that Sonde counts in what it tells about itself; null: another feed tells it to the same receiver. */
  readonly counted: () => readonly ExportedHost[] | null;
};

/** `at`: when the host was last told of, ms since the epoch. `bootId`: the boot that `node.startedAt` is of. */
type Fed = {
  host: ExportedHost;
  /** By what it is called: what is told of a host of the same name later, or was told earlier, stays in order with it. */
  readonly key: number;
  node: Target;
  own: Target;
  at: number;
  bootId: string | null;
  series: Told;
  ownSeries: Told;
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
/** Where a host does not tell one boot from another: it was one if it began so much later. */
const bootMs = 60_000;
const up: Family = { name: 'up', type: 'gauge', help: 'Whether the host was read' };

/** Of what Sonde tells of itself. */
const sondeKey = 0;

/** Decides what one destination is told of which host, and when: samples as they come, and the end of what has ended. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #hosts = new Map<number, Fed>();
  readonly #sonde: Target;
  readonly #described: Described;
  /** What Sonde told about itself; null: nothing, or another feed does now. */
  #sondeTold: Told | null = null;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #sondeAt = Number.NEGATIVE_INFINITY;
  #isSweeping = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    const { labels, instance, clock } = options;
    // What Sonde counts, also of hosts, it counts since it runs.
    const startedAt = Math.round(clock.now() - process.uptime() * 1_000);
    this.#sonde = { labels: { ...labels, job: 'sonde', instance }, hostName: instance, startedAt };
    this.#described = new Described(clock);
  }

  get size(): number {
    return this.#hosts.size;
  }

  get hosts(): readonly ExportedHost[] {
    return [...this.#hosts.values()].map(({ host }) => host);
  }

  /** The hosts that are sent from now on. What others had ends. */
  async setHosts(hosts: readonly ExportedHost[]): Promise<void> {
    const now = this.#options.clock.now();
    const next = new Map(hosts.map((host) => [host.id, host]));
    let done = 0;
    const ended = new Map<string, number>();
    for (const [id, fed] of this.#hosts) {
      const host = next.get(id);
      if (host && sameLabels(host, fed.host)) {
        fed.host = host;
        continue;
      }
      ended.set(fed.host.instance, this.#end(id, fed, now));
      done += 1;
      if (done % perTurn === 0) await turn();
    }
    for (const host of hosts)
      if (!this.#hosts.has(host.id)) this.#hosts.set(host.id, this.#fed(host, ended.get(host.instance) ?? now));
    this.#renewedAt = Number.NEGATIVE_INFINITY;
    this.#renew();
  }

  /** A host was read, or could not be. */
  observed({ hostId, sample, at }: Pick<Observation, 'hostId' | 'sample' | 'at'>): void {
    const fed = this.#hosts.get(hostId);
    if (!fed) return;
    const series = this.#options.control.exported(hostId);
    if (series && series.at > fed.at) this.#tell(fed, series, series.at);
    else if (!sample && !series && (fed.series.layout !== null || at - fed.at >= leastMs)) this.#tell(fed, null, at);
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

  /** Says of every series that it has ended, until the signal is aborted. `goesOn`: another feed tells about Sonde from now on. */
  async end(signal: AbortSignal, goesOn = false): Promise<void> {
    const now = this.#options.clock.now();
    let done = 0;
    for (const [id, fed] of this.#hosts) {
      if (signal.aborted) return;
      this.#end(id, fed, now);
      done += 1;
      if (done % perTurn === 0) await turn();
    }
    if (!goesOn) this.#addSonde(Math.max(now, this.#sondeAt + 1), null);
  }

  #fed(host: ExportedHost, now: number): Fed {
    const { labels, job } = this.#options;
    const target = { ...labels, ...targetLabels(host) };
    const { startedAt } = this.#sonde;
    return {
      host,
      key: keyOfName(host.instance),
      node: { labels: { ...target, job }, hostName: host.name, startedAt: null },
      own: { labels: { ...target, job: 'sonde' }, hostName: host.name, startedAt },
      at: now,
      bootId: null,
      series: nothing,
      ownSeries: nothing,
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
    const own = hostSeries(known);
    noteStart(fed, known.facts.uptime ?? null, at);
    const [before, ownBefore] = [fed.series, fed.ownSeries];
    fed.at = at;
    fed.series = series ? { layout: series.layout, own: series.own } : nothing;
    fed.ownSeries = { layout: own.layout, own: own.own };
    for (const told of [fed.series, fed.ownSeries]) this.#described.note(told);
    sender.write(fed.key, (request) => {
      if (series) request.addHost(series, fed.node, at);
      request.add(up, {}, fed.node, series ? 1 : 0, at);
      request.addHost(own, fed.own, at);
      addEnded(request, fed.node, before, fed.series, at);
      addEnded(request, fed.own, ownBefore, fed.ownSeries, at);
    });
  }

  /** Answers when its series ended, ms since the epoch. */
  #end(id: number, fed: Fed, time: number): number {
    const at = Math.max(Math.round(time), Math.round(fed.at) + 1);
    this.#hosts.delete(id);
    if (fed.ownSeries.layout === null) return at;
    this.#options.sender.write(fed.key, (request) => {
      addEnded(request, fed.node, fed.series, nothing, at);
      request.add(up, {}, fed.node, 'stale', at);
      addEnded(request, fed.own, fed.ownSeries, nothing, at);
    });
    return at;
  }

  #tellSonde(now: number): void {
    this.#sondeAt = now;
    const counted = this.#options.counted();
    if (counted === null) this.#sondeTold = null;
    else this.#addSonde(now, counted);
    const families = this.#described.due();
    // Alone, so that samples arrive also where a receiver does not take it.
    if (families) this.#options.sender.writeAlone(sondeKey, (request) => request.describe(families));
  }

  /** `hosts`: those that Sonde counts; null: it has ended. */
  #addSonde(at: number, hosts: readonly ExportedHost[] | null): void {
    const before = this.#sondeTold;
    if (hosts === null && before === null) return;
    const own = [...(hosts === null ? [] : this.#options.ownMetrics.read(hosts))].flatMap(({ family, series }) =>
      family.name.startsWith('sonde_host_') ? [] : [...series].map((one) => ({ family, ...one })),
    );
    const told = { layout: null, own };
    this.#sondeTold = told;
    this.#options.sender.write(sondeKey, (request) => {
      request.add(up, {}, this.#sonde, hosts === null ? 'stale' : 1, at);
      for (const { family, labels, value } of own) request.add(family, labels, this.#sonde, value, at);
      addEnded(request, this.#sonde, before ?? nothing, told, at);
    });
    if (hosts !== null) this.#described.note({ layout: null, own: [...own, { family: up, labels: {} }] });
  }
}

/** When the counters of a host began: with its boot, by Sonde's clock, and the same for as long as it is the same boot. */
function noteStart(
  fed: Fed,
  uptime: { readonly seconds: number; readonly bootId: string | null } | null,
  at: number,
): void {
  if (uptime === null || uptime.seconds <= 0) return;
  const startedAt = Math.round(at - uptime.seconds * 1_000);
  const isSame =
    uptime.bootId === null ? Math.abs(startedAt - (fed.node.startedAt ?? 0)) < bootMs : uptime.bootId === fed.bootId;
  if (isSame && fed.node.startedAt !== null) return;
  fed.bootId = uptime.bootId;
  fed.node.startedAt = startedAt;
}

/** A number of a name, which others may have too; above that of Sonde itself. */
function keyOfName(name: string): number {
  let key = 0;
  for (let at = 0; at < name.length; at += 1) key = (Math.imul(key, 31) + name.charCodeAt(at)) >>> 0;
  return key + 1;
}

function sameLabels(one: ExportedHost, other: ExportedHost): boolean {
  return one.instance === other.instance && one.folder === other.folder && one.name === other.name;
}
