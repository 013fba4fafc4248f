import { readdir } from 'node:fs/promises';
import { fileLimits } from '../../lib/bounds/file-limit.ts';
import type { FamilySeries } from '../../model/export/own.ts';
import type { Family } from '../../model/export/series.ts';

const none = {};

/** What Sonde's own process uses, under the names that Prometheus' clients have for it. */
export class OwnProcess {
  #openFiles: number | null = null;
  #isCounting = false;

  constructor() {
    this.#count();
  }

  read(): readonly FamilySeries[] {
    this.#count();
    const { user, system } = process.cpuUsage();
    return [
      one('process_cpu_seconds_total', 'counter', 'CPU time that Sonde used', (user + system) / 1e6),
      one('process_max_fds', 'gauge', 'Files and connections that Sonde may have open', fileLimits.all),
      ...(this.#openFiles === null
        ? []
        : [one('process_open_fds', 'gauge', 'Files and connections that Sonde has open', this.#openFiles)]),
      one('process_resident_memory_bytes', 'gauge', 'Memory of Sonde', process.memoryUsage.rss()),
      one('process_start_time_seconds', 'gauge', 'When Sonde started', performance.timeOrigin / 1_000),
    ];
  }

  /** Counts what is open for the next time: with ten thousand connections, listing them takes a while. */
  #count(): void {
    if (this.#isCounting) return;
    this.#isCounting = true;
    readdir('/proc/self/fd')
      .then((names) => {
        this.#openFiles = names.length;
      })
      // A system without /proc.
      .catch(() => undefined)
      .finally(() => {
        this.#isCounting = false;
      });
  }
}

function one(name: string, type: Family['type'], help: string, value: number): FamilySeries {
  return { family: { name, type, help }, series: [{ labels: none, value }] };
}
