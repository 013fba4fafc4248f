/**
 * A real Prometheus and real VictoriaMetrics are away for a minute while hosts are read each second: what is missing afterwards,
 * what is there twice, and why? To some, a tenth of the answers get lost besides, as if the receiver had been killed then.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ofSite, prometheusReceiver, type Receiver, victoriaMetrics } from '../test/support/receivers.ts';
import { openPushFleet, type PushFleet } from './push-fleet.ts';
import { mayBeTwice, PushLog, samplesIn } from './push-log.ts';
import { atLeast, atMost, type Row, told } from './report.ts';

const [hosts, everyMs] = [50, 1_000];
const family = 'node_family_000_bytes';
const series = `{__name__="${family}",mode=""}`;

/** `loses`: answers get lost. The address has a word of its own, so that the requests of each can be told apart. */
type Place = {
  readonly title: string;
  readonly kind: 'remote-write' | 'otlp';
  readonly receiver: Receiver;
  readonly url: string;
  readonly loses: boolean;
  readonly mayHaveTwice: boolean;
};

export async function outage(quick: boolean): Promise<readonly Row[]> {
  const awayMs = quick ? 5_000 : 60_000;
  const programs = await Promise.all([
    prometheusReceiver(),
    victoriaMetrics(),
    victoriaMetrics(['-dedup.minScrapeInterval=1ms']),
  ]);
  const places = placesOf(...programs);
  const log = new PushLog();
  const destinations = places.map(({ kind, url, loses }, index) => ({
    id: index + 1,
    kind,
    config: { url, labels: { site: String(index) }, ...(loses ? { headers: { 'x-loses': 'answers' } } : {}) },
  }));
  const fleet = await openPushFleet(hosts, destinations, { openPoster: log.openPoster });
  // A sample of the very millisecond in which a destination begins is older than it.
  await sleep(10);
  const expected = new Map<string, number[]>();
  await sampleFor(fleet, 5_000, expected);
  await Promise.all(programs.map((one) => one.kill('SIGTERM')));
  await sampleFor(fleet, awayMs, expected);
  await Promise.all(programs.map((one) => one.start()));
  const back = performance.now();
  // Longer than any connection was once kept.
  await sampleFor(fleet, 15_000, expected);
  // What is younger than a second is not sent yet.
  await sleep(2_500);
  const waits = (all: readonly Place[]): boolean =>
    all.some((one) => (fleet.pusher.standing(places.indexOf(one) + 1)?.waitingBytes ?? 0) > 0);
  while (waits(places.filter(({ loses }) => !loses)) && performance.now() < back + 60_000) await sleep(50);
  const seconds = (performance.now() - back) / 1_000;
  while (waits(places) && performance.now() < back + 120_000) await sleep(50);
  const rows = [
    told(
      `everything had arrived after ${awayMs / 1_000} s away, since receivers were back (17.5 s of new samples included)`,
      seconds,
      's',
    ),
  ];
  for (const [index, place] of places.entries())
    rows.push(...(await rowsOf(place, fleet, index + 1, log, expected, awayMs)));
  // Answers that get lost make some wait in between, and this machine may be busy.
  await fleet.close(30_000);
  rows.push(await ended(places));
  await Promise.all(programs.map((one) => one.kill('SIGKILL')));
  return rows;
}

function placesOf(
  prometheus: Receiver,
  victoria: Receiver & { readonly otlpUrl: string },
  sorting: Receiver & { readonly otlpUrl: string },
): readonly Place[] {
  const [written, otlp] = ['remote-write', 'otlp'] as const;
  const dedup = 'VictoriaMetrics with -dedup.minScrapeInterval=1ms';
  const all = [
    ['remote write to Prometheus', written, prometheus, prometheus.writeUrl, false, false],
    ['remote write to VictoriaMetrics', written, victoria, victoria.writeUrl, false, false],
    ['OTLP to VictoriaMetrics', otlp, victoria, victoria.otlpUrl, false, false],
    ['remote write to Prometheus, answers lost', written, prometheus, prometheus.writeUrl, true, false],
    ['remote write to VictoriaMetrics, answers lost', written, victoria, victoria.writeUrl, true, true],
    [`remote write to ${dedup}, answers lost`, written, sorting, sorting.writeUrl, true, false],
    [`OTLP to ${dedup}, answers lost`, otlp, sorting, sorting.otlpUrl, true, false],
  ] as const;
  return all.map(([title, kind, receiver, url, loses, mayHaveTwice], index) => ({
    title,
    kind,
    receiver: ofSite(receiver, String(index), 'x'),
    url: `${url}?place=${index}`,
    loses,
    mayHaveTwice,
  }));
}

async function sampleFor({ hosts: all, sample }: PushFleet, ms: number, expected: Map<string, number[]>) {
  for (const until = performance.now() + ms; performance.now() < until; ) {
    for (const { id, instance } of all) expected.set(instance, [...(expected.get(instance) ?? []), sample(id)]);
    await sleep(everyMs);
  }
}

async function rowsOf(
  { title, kind, receiver, url, loses, mayHaveTwice }: Place,
  { pusher }: PushFleet,
  id: number,
  log: PushLog,
  expected: ReadonlyMap<string, readonly number[]>,
  awayMs: number,
): Promise<readonly Row[]> {
  const { missing, twice } = await settled(receiver, expected, mayHaveTwice);
  const { failed = 1, dropped = 1 } = pusher.standing(id) ?? {};
  const requests = log.requests(url);
  const unanswered = requests.filter(mayBeTwice);
  const resent = new Set(unanswered.flatMap((one) => samplesIn(one, family, kind === 'otlp')));
  const all = hosts * (expected.get('host0')?.length ?? 0);
  const away = `after ${awayMs / 1_000} s away`;
  return [
    atMost(`${title}: samples missing ${away}, of ${all}`, missing + failed + dropped, 0, ''),
    mayHaveTwice
      ? atLeast(`${title}: samples that are there twice`, twice.length, 1, '')
      : atMost(`${title}: samples that are there twice`, twice.length, 0, ''),
    atMost(
      `${title}: samples twice that were in no request which got no answer`,
      twice.filter((one) => !resent.has(one)).length,
      0,
      '',
    ),
    loses
      ? told(
          `${title}: requests sent again although the receiver had them, of ${requests.length}`,
          unanswered.length,
          '',
        )
      : atMost(
          `${title}: requests sent again on a connection that stood, of ${requests.length}`,
          unanswered.length,
          // Those that were under way when the receiver was stopped, one for each queue.
          4,
          '',
        ),
  ];
}

/** What they took a moment ago, receivers may not show yet. */
async function settled(receiver: Receiver, expected: ReadonlyMap<string, readonly number[]>, mayHaveTwice: boolean) {
  const until = performance.now() + 30_000;
  for (;;) {
    const found = await compare(receiver, expected);
    if (found.missing + (mayHaveTwice ? 0 : found.twice.length) === 0 || performance.now() > until) return found;
    await sleep(500);
  }
}

async function compare(receiver: Receiver, expected: ReadonlyMap<string, readonly number[]>) {
  let missing = 0;
  const twice: string[] = [];
  const found = await receiver.stored(series);
  for (const [instance, times] of expected) {
    const [, stored = []] = [...found].find(([key]) => key.includes(`instance="${instance}"`)) ?? [];
    const seen = new Set<number>();
    for (const [at] of stored) {
      if (seen.has(at)) twice.push(`${instance} ${at}`);
      seen.add(at);
    }
    missing += times.filter((time) => !seen.has(time)).length;
  }
  return { missing, twice };
}

/** How many series of hosts are still shown after the destination has ended. */
async function ended(places: readonly Place[]): Promise<Row> {
  const left = async (): Promise<number> => {
    const all = await Promise.all(places.map(({ receiver }) => receiver.now(`${family}{mode=""}`)));
    return all.flat().length;
  };
  const until = performance.now() + 30_000;
  let count = await left();
  while (count > 0 && performance.now() < until) {
    await sleep(500);
    count = await left();
  }
  return atMost('series that have not ended once sending has', count, 0, '');
}
