/** A scraper of our own, which asks more often than Prometheus would. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs } from './machine.ts';
import type { Sonde } from './sonde.ts';

/** How many probes may be on their way at once. */
const mostWaiting = 256;

export type Probed = {
  /** What an answer took, ms, counted from when its probe was due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of Sonde for one probe, ms. */
  readonly cpuMs: number;
  readonly aSecond: number;
  readonly failed: number;
  /** What the answers of those that failed said → how many said so. */
  readonly reasons: ReadonlyMap<string, number>;
};

/**
 * Probes one host after the other, at even distances. What an answer took counts from when its probe was due, also while too
 * many others are waited for.
 */
export async function probes(sonde: Sonde, hosts: number, perSecond: number, seconds: number): Promise<Probed> {
  const times: number[] = [];
  const reasons = new Map<string, number>();
  const waiting = new Set<Promise<void>>();
  const [cpu, begin] = [cpuMs([sonde.pid]), performance.now()];
  const probe = async (target: number, due: number): Promise<void> => {
    const headers = { Authorization: `Bearer ${sonde.token}` };
    const answer = await fetch(`${sonde.url}/prometheus/probe?target=${target}`, { headers });
    const text = await answer.text();
    times.push(performance.now() - due);
    if (!answer.ok) note(reasons, `${answer.status} ${text.trim()}`);
  };
  const count = perSecond * seconds;
  for (let sent = 0; sent < count; sent += 1) {
    const due = begin + (sent * 1_000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    while (waiting.size >= mostWaiting) await Promise.race(waiting);
    const one = probe((sent % hosts) + 1, due).finally(() => waiting.delete(one));
    waiting.add(one);
  }
  await Promise.all(waiting);
  const passed = performance.now() - begin;
  times.sort((a, b) => a - b);
  return {
    p50Ms: times[Math.floor(times.length / 2)] ?? 0,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
    cpuMs: (cpuMs([sonde.pid]) - cpu) / count,
    aSecond: (count * 1_000) / passed,
    failed: [...reasons.values()].reduce((sum, some) => sum + some, 0),
    reasons,
  };
}

/** Counts one more of a kind; numbers and names that differ from host to host do not make a kind. */
export function note(reasons: Map<string, number>, reason: string): void {
  const kind = reason
    .replace(/target=\d+/g, 'target=…')
    .replace(/\d+(\.\d+){3}:\d+(->\d+(\.\d+){3}:\d+)?/g, '…')
    .replace(/\b(fake|real)\d+/g, '$1…');
  reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
}
