/** What is told: a thousand hosts that fall at once, and a quiet day of ten thousand. */
import { hostOf, newWorld, sampleOf } from '../test/support/alerts-world.ts';
import { tellingLife } from '../test/support/telling-world.ts';
import { atMost, type Row, told } from './report.ts';

const intervalSeconds = 60;

export async function telling(quick: boolean): Promise<readonly Row[]> {
  return [...(await storm(1_000)), ...(await quietDay(quick ? 500 : 10_000))];
}

/** Hosts that are checked every minute, as by default, and all fall within one minute. */
async function storm(hosts: number): Promise<readonly Row[]> {
  const ids = Array.from({ length: hosts }, (_, index) => index + 1);
  const of = (id: number) => ({
    statusIntervalSeconds: intervalSeconds,
    metricsEnabled: false,
    folder: `rack ${id % 20}`,
  });
  const world = await newWorld(ids.map((id) => hostOf(id, { address: '192.0.2.1', ...of(id) })));
  const sonde = await tellingLife(world);
  for (const name of ['phone', 'mail', 'chat']) await sonde.channel(name);
  for (const id of ids) sonde.up(id);
  await sonde.alerts.flush();
  const longest = tasks();
  const fallsAt = 0;
  await sonde.pass(199, (second) => {
    for (const id of ids) if (second % intervalSeconds === id % intervalSeconds) sonde.down(id);
  });
  const longestMs = longest();
  // The last host's second check.
  const secondAt = fallsAt + 2 * intervalSeconds;
  const first = Math.max(...sonde.sent.map(({ after }) => after));
  const open = await world.db
    .selectFrom('incidents')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  await sonde.end();
  return [
    told(`telling: incidents of ${hosts} hosts that fall within a minute`, open.count, ''),
    atMost('telling: messages about them to three channels, for each channel', sonde.sent.length / 3, 1, ''),
    atMost('telling: from the second check of the last host to the message', first - secondAt, 90, 's'),
    atMost('telling: longest task of the loop meanwhile, processor time', longestMs, 50, 'ms'),
  ];
}

/** Values that wander as those of healthy hosts do, sampled every five minutes. */
async function quietDay(hosts: number): Promise<readonly Row[]> {
  const every = 300;
  const ids = Array.from({ length: hosts }, (_, index) => index + 1);
  const world = await newWorld(ids.map((id) => hostOf(id, { metricsIntervalSeconds: every })));
  const sonde = await tellingLife(world);
  await sonde.channel('phone');
  const began = process.cpuUsage();
  for (let second = 0; second < 86_400; second += every) {
    world.now += 1_000 * every;
    for (const id of ids) {
      const wave = Math.sin((second / 86_400) * 2 * Math.PI + id);
      const noise = Math.random() - 0.5;
      sonde.bus.publish({
        hostId: id,
        at: world.now,
        alive: true,
        probe: null,
        sample: sampleOf(healthy(wave, noise, second / 86_400), world.now),
        failure: null,
      });
    }
    await sonde.alerts.sweep();
    await sonde.alerts.flush();
    await sonde.deliveries.outbox.pass();
    await sonde.deliveries.outbox.settled();
  }
  const { user, system } = process.cpuUsage(began);
  await sonde.end();
  return [
    atMost(`telling: messages of a quiet day of ${hosts} hosts`, sonde.sent.length, 0, ''),
    told('telling: processor time of that day, with the simulated samples', (user + system) / 1e6, 's'),
  ];
}

function healthy(wave: number, noise: number, day: number) {
  const used = 0.6 + 0.02 * day + 0.01 * noise;
  const total = 500 * 1024 ** 3;
  return {
    cpu: {
      total: { busy: 0.3 + 0.2 * wave + 0.2 * noise, iowait: 0.01, steal: 0 },
      perCore: [],
      cores: 8,
      load: [1, 1, 1],
      pressure: null,
    },
    memory: {
      totalBytes: 100,
      usedBytes: 55 + 15 * wave + 10 * noise,
      swapTotalBytes: 100,
      swapUsedBytes: 10,
      pressure: { some10: 0 },
    },
    disk: {
      filesystems: [
        {
          filesystem: '/dev/sda',
          type: 'ext4',
          mount: '/',
          totalBytes: total,
          usedBytes: used * total,
          availableBytes: (1 - used) * total,
          usedRatio: used,
          inodesTotal: 1_000_000,
          inodesUsed: 100_000,
        },
      ],
      devices: [],
      pressure: null,
    },
    system: { clockOffsetSeconds: 0.1 * noise },
    temperature: { sensors: [{ label: 'cpu', celsius: 50 + 10 * wave, isTelling: true }] },
  };
}

/** Measures the processor time of each turn of the event loop until it is called; returns the longest, ms. */
function tasks(): () => number {
  let longest = 0;
  let isOver = false;
  let last = process.threadCpuUsage();
  const turn = (): void => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, now.user + now.system - last.user - last.system);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isOver = true;
    return longest / 1_000;
  };
}
