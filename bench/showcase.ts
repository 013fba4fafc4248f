/** A Sonde with a fleet worth looking at: many fake hosts, some of them full or busy, some down, some refused. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakes } from './fake-fleet.ts';
import { type Sonde, startSonde } from './sonde.ts';

const kinds = ['web', 'db', 'cache', 'queue', 'mail', 'build', 'backup', 'edge'] as const;
const places = ['ams', 'fra', 'lis', 'nyc', 'sgp'] as const;

export type Showcase = { readonly sonde: Sonde; readonly hosts: number; readonly stop: () => Promise<void> };

/**
 * Starts it with this many hosts; `failing`: none of them can be reached or logged in to. `addressOf`: the address of a host by
 * its name, which leads to this machine.
 */
export async function openShowcase(
  count: number,
  intervalSeconds: number,
  failing = false,
  addressOf: (name: string) => string = () => '127.0.0.1',
): Promise<Showcase> {
  const fakes = await startFakes(failing ? 1 : count, intervalSeconds, true);
  const sonde = await startSonde();
  await sonde.call('POST', '/global-settings', { metricsInterval: intervalSeconds, collectAlways: true });
  let last = 0;
  for (let index = 0; index < count; index += 1) {
    const [kind, place] = [kinds[index % kinds.length], places[index % places.length]];
    const isDown = failing || index % 97 === 13;
    const name = `${kind}-${Math.floor(index / kinds.length) + 1}.${place}`;
    const body = {
      name,
      ip: addressOf(name),
      port: isDown ? 1 : fakes.ports[index],
      username: 'ops',
      authType: 'password',
      password: 'x',
      folder: place,
      tags: [kind, index % 3 === 0 ? 'production' : 'staging'],
      statsConfig: isDown ? { statusCheckInterval: 10, useGlobalStatusInterval: false } : {},
    };
    last = Number((await sonde.call('POST', '/host/db/host', body)).id);
  }
  const path = failing ? '/status' : '/metrics';
  for (let id = 1; id <= last; id += 1) {
    if (!failing && (id - 1) % 97 === 13) continue;
    while ('error' in (await sonde.call('GET', `${path}/${id}`))) await sleep(100);
  }
  return {
    sonde,
    hosts: count,
    stop: async () => {
      await sonde.stop();
      fakes.stop();
    },
  };
}
