import { codeOf, numberOf } from '../../model/quantum.ts';
import type { TopProcess, TopProcesses } from '../../ports/history-store.ts';
import { ByteReader, ByteWriter, DamagedError } from './bytes.ts';
import { packBytes, unpackBytes } from './seal.ts';

/** The top processes at one time (ms since the epoch). */
export type TopAt = TopProcesses & { readonly at: number };

const cpuStep = 0.0001;
const memoryStep = 4_096;
const most = 3;
/** A limit far above what Sonde writes. */
const maxTops = 1 << 16;
const maxNameLength = 200;

/** The names in a chunk. Each is written out once; later, its number stands for it. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  write(to: ByteWriter, name: string): void {
    const number = this.#numbers.get(name);
    to.unsigned(number ?? 0);
    if (number !== undefined) return;
    this.#add(name);
    to.text(name);
  }

  read(from: ByteReader): string {
    const number = from.unsigned();
    if (number > 0) return this.#names[number - 1] ?? '';
    const name = from.text();
    this.#add(name);
    return name;
  }

  #add(name: string): void {
    this.#names.push(name);
    this.#numbers.set(name, this.#names.length);
  }
}

export function writeTop(to: ByteWriter, names: Names, { cpu, memory }: TopProcesses): void {
  writeList(to, names, cpu, cpuStep);
  writeList(to, names, memory, memoryStep);
}

export function readTop(from: ByteReader, names: Names): TopProcesses {
  return { cpu: readList(from, names, cpuStep), memory: readList(from, names, memoryStep) };
}

/** `tops` are in the order of their times. */
function writeTops(to: ByteWriter, tops: readonly TopAt[]): void {
  const names = new Names();
  to.unsigned(tops.length);
  let last = 0;
  for (const top of tops) {
    to.unsigned(top.at - last);
    writeTop(to, names, top);
    last = top.at;
  }
}

function readTops(from: ByteReader): TopAt[] {
  const names = new Names();
  const count = from.unsigned();
  if (count > maxTops) throw new DamagedError('A chunk has too many top processes');
  const tops: TopAt[] = [];
  for (let at = 0; tops.length < count; ) {
    at += from.unsigned();
    tops.push({ at, ...readTop(from, names) });
  }
  return tops;
}

const packLevel = 3;

/** All of a chunk in the form in which they are stored; null if there are none. */
export function packTops(tops: readonly TopAt[]): Uint8Array | null {
  if (tops.length === 0) return null;
  const to = new ByteWriter();
  writeTops(to, tops);
  return packBytes(to.bytes, packLevel);
}

/** Throws DamagedError. */
export function unpackTops(blob: Uint8Array | null): TopAt[] {
  return blob === null ? [] : readTops(new ByteReader(unpackBytes(blob)));
}

function writeList(to: ByteWriter, names: Names, list: readonly TopProcess[], step: number): void {
  const kept = list.filter(({ value }) => value >= 0 && value < 2 ** 50).slice(0, most);
  to.unsigned(kept.length);
  for (const { name, value } of kept) {
    names.write(to, name.slice(0, maxNameLength).toWellFormed());
    to.unsigned(codeOf(value, step));
  }
}

function readList(from: ByteReader, names: Names, step: number): TopProcess[] {
  const count = from.unsigned();
  if (count > most) throw new DamagedError('A list has too many processes');
  const list: TopProcess[] = [];
  while (list.length < count) list.push({ name: names.read(from), value: numberOf(from.unsigned(), step) });
  return list;
}
