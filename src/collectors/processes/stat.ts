import { type Bounded, most } from '../shared/bounds.ts';

/** Kernel threads may have names of 63 characters, programs of 15. */
const maxNameLength = 100;

/** Ticks and bytes of one process, as the kernel counts them. */
export type Stat = {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly state: string;
  readonly ticks: number;
  readonly threads: number;
  readonly startTicks: number;
  /** Null: the host does not tell how large its pages are. */
  readonly residentBytes: number | null;
};

/** All processes in a text that contains their /proc/PID/stat one after the other. Source: proc_pid_stat(5). */
export function statsOf(text: string, pageBytes: number | null): Bounded<Stat> {
  const { kept, more } = records(text);
  return { kept: kept.map((record) => statOf(record, pageBytes)), more };
}

/**
 * A name may contain anything, including line ends and what looks like a record. A record ends with its fields, and
 * names are too short to contain those.
 */
function records(text: string): Bounded<string> {
  const kept: string[] = [];
  let more = 0;
  let open = '';
  for (const line of text.split('\n')) {
    open = open === '' ? line : `${open}\n${line}`;
    const isWhole = /\) [A-Za-z](?: -?\d+){30,} ?$/.test(line);
    if (isWhole && /^\d+ \(/.test(open)) {
      if (kept.length < most.processes) kept.push(open);
      else more += 1;
    }
    if (isWhole || open.length > maxNameLength) open = '';
  }
  return { kept, more };
}

/** The name is between the first `(` and the last `)`. */
function statOf(record: string, pageBytes: number | null): Stat {
  const open = record.indexOf('(');
  const close = record.lastIndexOf(')');
  const fields = record.slice(close + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const residentPages = Math.max(0, field(24));
  return {
    pid: Number(record.slice(0, open)),
    name: record.slice(open + 1, close).replace(/\p{Cc}/gu, ' '),
    state: fields[0] ?? '',
    parent: field(4),
    ticks: field(14) + field(15),
    threads: field(20),
    startTicks: field(22),
    residentBytes: residentPages === 0 ? 0 : pageBytes && residentPages * pageBytes,
  };
}
