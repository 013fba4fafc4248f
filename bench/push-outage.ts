/** A real Prometheus and a real VictoriaMetrics are away for a minute while hosts are read each second: what is missing afterwards? */
import { setTimeout as sleep } from 'node:timers/promises';
import { ofSite, prometheusReceiver, type Receiver, victoriaMetrics } from '../test/support/receivers.ts';
import { openPushFleet } from './push-fleet.ts';
import { atMost, type Row, told } from './report.ts';

const [hosts, everyMs] = [50, 1_000];
const series = '{__name__="node_family_000_bytes",mode=""}';

export async function outage(quick: boolean): Promise<readonly Row[]> {
  const awayMs = quick ? 5_000 : 60_000;
  const [prometheus, both] = await Promise.all([prometheusReceiver(), victoriaMetrics()]);
  const receivers = {
    'remote write to Prometheus': {
      receiver: ofSite(prometheus, 'p', 'x'),
      kind: 'remote-write',
      url: prometheus.writeUrl,
    },
    'remote write to VictoriaMetrics': { receiver: ofSite(both, 'v', 'x'), kind: 'remote-write', url: both.writeUrl },
    'OTLP to VictoriaMetrics': { receiver: ofSite(both, 'o', 'x'), kind: 'otlp', url: both.otlpUrl },
  } as const;
  const all = Object.entries(receivers);
  const fleet = await openPushFleet(
    hosts,
    all.map(([, { kind, url }], index) => ({
      id: index + 1,
      kind,
      config: { url, labels: { site: 'pvo'[index] ?? '' } },
    })),
  );
  const expected = new Map<string, number[]>();
  // A sample of the very millisecond in which a destination begins is older than it.
  await sleep(10);
  const samples = async (ms: number): Promise<void> => {
    for (const until = performance.now() + ms; performance.now() < until; ) {
      for (const { id, instance } of fleet.hosts)
        expected.set(instance, [...(expected.get(instance) ?? []), fleet.sample(id)]);
      await sleep(everyMs);
    }
  };
  await samples(5_000);
  await Promise.all([prometheus.kill('SIGTERM'), both.kill('SIGTERM')]);
  await samples(awayMs);
  await Promise.all([prometheus.start(), both.start()]);
  const back = performance.now();
  await samples(5_000);
  // What is younger than a second is not sent yet.
  await sleep(2_500);
  const waits = (): boolean => all.some((_, index) => (fleet.pusher.standing(index + 1)?.waitingBytes ?? 0) > 0);
  while (waits() && performance.now() < back + 60_000) await sleep(50);
  const seconds = (performance.now() - back) / 1_000;
  const rows: Row[] = [
    told(`everything had arrived after ${awayMs / 1_000} s away, since receivers were back`, seconds, 's'),
  ];
  for (const [index, [title, { receiver }]] of all.entries()) {
    const { missing, twice } = await settled(receiver, expected);
    const { failed = 1, dropped = 1 } = fleet.pusher.standing(index + 1) ?? {};
    rows.push(
      atMost(
        `${title}: samples missing after ${awayMs / 1_000} s away, of ${hosts * (expected.get('host0')?.length ?? 0)}`,
        missing + failed + dropped,
        0,
        '',
      ),
      // A request that was taken without an answer comes again. Prometheus keeps one of two equal samples, VictoriaMetrics shows both.
      receiver === receivers['remote write to Prometheus'].receiver
        ? atMost(`${title}: samples that are there twice`, twice, 0, '')
        : told(`${title}: samples that are there twice, without -dedup.minScrapeInterval`, twice, ''),
    );
  }
  await fleet.close();
  await Promise.all([prometheus.kill('SIGKILL'), both.kill('SIGKILL')]);
  return rows;
}

/** What it took a moment ago, VictoriaMetrics does not show yet, or shows twice until it is sorted in. */
async function settled(receiver: Receiver, expected: ReadonlyMap<string, readonly number[]>) {
  const until = performance.now() + 30_000;
  for (;;) {
    const found = await compare(receiver, expected);
    if (found.missing + found.twice === 0 || performance.now() > until) return found;
    await sleep(500);
  }
}

async function compare(receiver: Receiver, expected: ReadonlyMap<string, readonly number[]>) {
  let [missing, twice] = [0, 0];
  const found = await receiver.stored(series);
  for (const [instance, times] of expected) {
    const [, stored = []] = [...found].find(([key]) => key.includes(`instance="${instance}"`)) ?? [];
    const at = new Set(stored.map(([time]) => time));
    twice += stored.length - at.size;
    missing += times.filter((time) => !at.has(time)).length;
  }
  return { missing, twice };
}
