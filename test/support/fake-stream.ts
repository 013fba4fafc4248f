/** A live stream of our own in a tab, where many hosts in every state are the point and not how Sonde watches them. */
import type { Page } from 'playwright-core';
import type { LiveEvents, LiveHost, LiveStatus, LiveVitals } from '../../src/http/views/live.ts';

/** What one host of the stream is. */
export type FakeHost = { readonly host: LiveHost; readonly status: LiveStatus; readonly vitals: LiveVitals | null };

type Part = {
  readonly name?: string;
  readonly folder?: string;
  readonly tags?: readonly string[];
  readonly status?: 'online' | 'offline' | null;
  readonly failure?: LiveStatus['failure'];
  readonly cpu?: number;
  readonly memory?: number;
  readonly disk?: number;
  readonly isSampled?: boolean;
};

const since = '2026-11-30T00:00:00.000Z';
export const refused = {
  stage: 'tcp',
  reason: 'refused',
  message: 'Nothing listens on port 22',
  hint: 'Start sshd',
} as const;
export const keyChanged = {
  stage: 'host-key',
  reason: 'changed',
  message: 'The host key has changed',
  hint: 'Check it',
} as const;

/** A host as the stream has it; without a part it is online and calm. */
export function fakeHost(id: number, part: Part = {}): FakeHost {
  const status = part.status === undefined ? 'online' : part.status;
  const line = Array.from({ length: 30 }, (_, index) => 20 + ((index * 7 + id * 13) % 40));
  const [cpu, memory, disk] = [part.cpu ?? 12 + (id % 30), part.memory ?? 30 + (id % 40), part.disk ?? 40 + (id % 35)];
  const host = {
    id,
    name: part.name ?? `host ${id}`,
    ip: `10.1.${Math.floor(id / 250)}.${id % 250}`,
    port: 22,
    username: 'ops',
    connectionType: 'ssh',
    folder: part.folder ?? '',
    tags: part.tags ?? [],
    pin: false,
    mine: true,
    owner: 'admin',
    statusCheckEnabled: true,
    metricsEnabled: true,
    collectAlways: true,
    // So long that no numbers become old, however long a test takes.
    metricsInterval: 3_600,
  };
  const state = {
    id,
    status,
    lastChecked: since,
    since,
    stateSince: since,
    failure: part.failure ?? null,
    hops: [],
    stale: false,
  };
  const vitals =
    part.isSampled === false
      ? null
      : {
          id,
          at: new Date().toISOString(),
          cpuPercent: cpu,
          memoryPercent: memory,
          load1: cpu / 50,
          cores: 4,
          uptimeSeconds: 86_400 * (id % 90),
          disk: { mount: id % 3 ? '/' : '/var/lib/postgresql', percent: disk },
          receivedBps: 1_000 * id,
          sentBps: 700 * id,
          os: 'Debian GNU/Linux 13',
          sectionErrors: 0,
          lines: { cpuPercent: line, memoryPercent: line, load1: line, diskPercent: line, networkBps: line },
        };
  // Safe: what the page does not read of a status may be missing.
  return { host, status: state as unknown as LiveStatus, vitals };
}

/** Puts it in place of the page's stream; call before the page is opened. Answers with what sends further events. */
export async function fakeStream(
  page: Page,
  hosts: readonly FakeHost[],
): Promise<<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]) => Promise<void>> {
  const first = [
    [
      'hello',
      { version: 'test', now: new Date().toISOString(), resumed: false, ids: hosts.map(({ host }) => host.id) },
    ],
    ['hosts', hosts.map(({ host }) => host)],
    ['statuses', hosts.map(({ status }) => status)],
    ['vitals', hosts.flatMap(({ vitals }) => (vitals ? [vitals] : []))],
  ];
  await page.addInitScript({
    content: `
      globalThis.streams = new Set();
      globalThis.EventSource = class extends EventTarget {
        constructor() {
          super();
          streams.add(this);
          setTimeout(() => { for (const [name, data] of ${JSON.stringify(first)}) this.send(name, JSON.stringify(data)); });
        }
        send(name, data) { if (streams.has(this)) this.dispatchEvent(new MessageEvent(name, { data, lastEventId: '1' })); }
        close() { streams.delete(this); }
      };`,
  });
  return async (name, data) => {
    const sent = JSON.stringify([name, JSON.stringify(data)]);
    await page.evaluate(`for (const one of streams) one.send(...${sent})`);
  };
}
