import type { TopProcesses } from '../../ports/history-store.ts';
import { DamagedError } from '../codec/bytes.ts';
import { endRecord, isEnd } from '../codec/record.ts';
import { type Journal, maxRowBytes } from '../files/journal.ts';
import { chunkId, hourOf, maxSlots, startOf } from '../files/names.ts';
import type { Series, Shape, Shapes } from '../files/shapes.ts';
import type { TierFiles } from '../files/tier-files.ts';
import type { Troubles } from '../files/troubles.ts';
import { Head, HostShapes } from './heads.ts';
import { HoursOver } from './over.ts';

/** A sample whose series are in the form in which they are stored. */
export type Taken = {
  readonly hostId: number;
  readonly at: number;
  readonly series: readonly Series[];
  readonly values: Float64Array;
  readonly top: TopProcesses | null;
};

type Host = { head: Head | null; last: number; readonly shapes: HostShapes };

const futureMs = 5 * 60_000;
/** A sample that is older by up to this is late; if it is older by more, the clock was set back. */
const setBackMs = 60_000;
/** How long after its end an hour is closed if no sample of the next hour arrives. */
const graceMs = 2 * 60_000;
const maxPendingBytes = 32 << 20;

/** Adds samples to heads and to the journal. Hours that have ended wait in `over` until they are written as chunks. */
export class Intake {
  readonly over: HoursOver;
  readonly #files: TierFiles;
  readonly #journal: Journal;
  readonly #shapes: Shapes;
  readonly #troubles: Troubles;
  readonly #now: () => number;
  readonly #hosts = new Map<number, Host>();
  /** The journal lacks some of what the heads contain, so all heads must be written to it again. */
  #isJournalBehind = false;
  #dropped = 0;

  constructor(parts: {
    readonly files: TierFiles;
    readonly journal: Journal;
    readonly shapes: Shapes;
    readonly troubles: Troubles;
    readonly now: () => number;
  }) {
    this.#files = parts.files;
    this.#journal = parts.journal;
    this.#shapes = parts.shapes;
    this.#troubles = parts.troubles;
    this.#now = parts.now;
    this.over = new HoursOver(parts.files, parts.troubles, (id) => this.shape(id));
  }

  get dropped(): number {
    return this.#dropped + this.over.dropped;
  }

  /** Reads the journal, about one row per step, so that the caller can do other things in between. */
  *replay(): Generator<void> {
    let row = -1;
    for (const entry of this.#journal.entries()) {
      if (entry === null) this.#interrupt();
      else {
        if (row !== entry.row) yield;
        row = entry.row;
        this.#replayed(entry.host, entry.bytes, entry.row);
      }
    }
    const used = new Set<number>();
    for (const head of this.over.heads) {
      yield;
      // The journal keeps records for some time after their chunk was written.
      const isWritten = this.#files.has('raw', head.id, startOf(head.id));
      if (isWritten || !this.#resume(head)) this.over.remove(head.id);
      else if (head.shape) used.add(head.shape.id);
    }
    for (const host of this.#hosts.values()) {
      yield;
      const { head } = host;
      if (head === null) continue;
      // Its chunk may have been written although the records after it were not.
      if (this.#files.has('raw', head.id, startOf(head.id)) || !this.#resume(head)) host.head = null;
      else host.last = head.last;
      if (host.head?.shape) used.add(host.head.shape.id);
    }
    this.#journal.keepShapes(used);
  }

  append({ hostId, at, series, values, top }: Taken): void {
    const now = this.#now();
    const host = this.#host(hostId);
    const isLate = at <= host.last && host.last - at <= setBackMs;
    if (isLate || !(at > 0 && at <= now + futureMs)) {
      this.#dropped += 1;
      return;
    }
    if (host.head !== null && (at <= host.last || at >= host.head.end)) this.#close(host.head, now);
    const head = host.head ?? this.#begin(hostId, at);
    if (head === null) {
      this.#dropped += 1;
      return;
    }
    host.head = head;
    const before = head.shape;
    const shape = host.shapes.shapeFor(this.#shapes, before, series, at);
    if (shape !== before) this.#journal.need(shape);
    const bytes = head.append(at, shape, this.#shapes.cover(shape, series).places, values, top);
    host.last = at;
    if (this.#isJournalBehind) return;
    this.#journal.add(hostId, bytes, now);
    if (this.#journal.pendingBytes >= maxRowBytes && this.#troubles.isWriting) this.flush();
  }

  /** Writes what is only in memory to the journal. False if that failed. */
  flush(): boolean {
    const now = this.#now();
    try {
      if (this.#isJournalBehind) this.#writeAnew(now);
      this.#journal.flush(now);
      this.#isJournalBehind = false;
      return true;
    } catch (error) {
      this.#troubles.failed(error);
      if (this.#isJournalBehind || this.#journal.pendingBytes > maxPendingBytes) {
        this.#journal.clearPending();
        this.#isJournalBehind = true;
      }
      return false;
    }
  }

  closeDue(): void {
    const now = this.#now();
    for (const { head } of this.#hosts.values()) if (head !== null && head.end + graceMs <= now) this.#close(head, now);
  }

  /** Removes what is safely in chunks from the journal. Throws what SQLite throws. */
  trim(): void {
    let needed = this.#journal.nextRow;
    for (const { head } of this.#hosts.values()) needed = Math.min(needed, head?.firstRow ?? needed);
    for (const { firstRow } of this.over.heads) needed = Math.min(needed, firstRow);
    this.#journal.trim(needed);
  }

  /** The records of a host that are not in a chunk yet, the oldest first. */
  unwritten(hostId: number): readonly Head[] {
    const over = this.over.heads.filter(({ host }) => host === hostId);
    const head = this.#hosts.get(hostId)?.head;
    return head ? [...over, head] : over;
  }

  forget(hostId: number): void {
    this.#hosts.delete(hostId);
    this.over.forget(hostId);
    this.#journal.add(hostId, endRecord, this.#now());
  }

  /** How many hosts have a head, how many series are left out, and the time of the oldest sample that is not in a chunk. */
  counts() {
    let [hosts, truncated, oldest] = [0, 0, this.#now()];
    for (const { head, shapes } of this.#hosts.values()) {
      truncated += shapes.truncated;
      if (head === null) continue;
      hosts += 1;
      oldest = Math.min(oldest, head.first);
    }
    for (const { first } of this.over.heads) oldest = Math.min(oldest, first);
    return { hosts, truncated, oldest };
  }

  shape(id: number): Shape {
    return this.#shapes.byId(id, () => this.#journal.shape(id));
  }

  #host(hostId: number): Host {
    const found = this.#hosts.get(hostId);
    if (found !== undefined) return found;
    const made: Host = { head: null, last: 0, shapes: new HostShapes() };
    this.#hosts.set(hostId, made);
    return made;
  }

  /** Null if the clock was set back too often within the hour. */
  #begin(hostId: number, at: number): Head | null {
    const hour = hourOf(hostId, at);
    for (let slot = 0; slot < maxSlots; slot += 1) {
      const id = chunkId(hostId, hour, slot);
      if (!this.over.has(id) && !this.#isThere(id)) return Head.begin(hostId, at, slot, this.#journal.nextRow);
    }
    return null;
  }

  #isThere(id: number): boolean {
    try {
      return this.#files.has('raw', id, startOf(id));
    } catch {
      // A file that cannot be read cannot be written either, so nothing is overwritten.
      return false;
    }
  }

  #close(head: Head, now: number): void {
    const host = this.#hosts.get(head.host);
    if (host?.head === head) host.head = null;
    this.over.add(head, now);
  }

  #replayed(hostId: number, bytes: Uint8Array, row: number): void {
    if (isEnd(bytes)) {
      this.#hosts.delete(hostId);
      this.over.forget(hostId);
      return;
    }
    const host = this.#host(hostId);
    const begun = Head.restore(hostId, bytes, row);
    if (begun === null) host.head?.extend(bytes);
    else {
      if (host.head !== null && host.head.id !== begun.id) this.#close(host.head, this.#now());
      // If it was written to the journal again, this copy is complete.
      this.over.remove(begun.id);
      host.head = begun;
    }
  }

  /** Closes all heads after a lost row: later rows cannot be read until the host begins a new chunk. */
  #interrupt(): void {
    this.#troubles.damage(null, new DamagedError('A row of the journal cannot be read'));
    for (const { head } of this.#hosts.values()) if (head !== null) this.#close(head, this.#now());
  }

  /** False if its records cannot be read. */
  #resume(head: Head): boolean {
    try {
      head.resume((id) => this.shape(id));
      return true;
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      this.#troubles.damage(null, error);
      return false;
    }
  }

  /** Writes everything that is not in a chunk yet to another journal. Throws what SQLite throws. */
  copyTo(journal: Journal): void {
    const now = this.#now();
    this.#addAll(journal, now);
    journal.flush(now);
  }

  #writeAnew(now: number): void {
    this.#journal.clearPending();
    this.#addAll(this.#journal, now);
  }

  #addAll(journal: Journal, now: number): void {
    const heads = [...this.over.heads, ...Array.from(this.#hosts.values(), ({ head }) => head)];
    for (const head of heads) {
      if (head === null) continue;
      head.firstRow = journal.nextRow;
      if (head.shape !== null) journal.need(head.shape);
      journal.add(head.host, head.bytes, now);
      if (journal.pendingBytes >= maxRowBytes) journal.flush(now);
    }
  }
}
