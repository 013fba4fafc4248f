import type { HostEvent } from '../../model/alerts/event.ts';
import type { Preview, PreviewIncident } from '../../model/alerts/preview.ts';
import type { ReadPast, Span } from './read.ts';
import { mostIncidents, type Replayed } from './replay.ts';

/** Puts what was read and replayed of hosts together. */
export class Result {
  readonly #span: Span;
  readonly #selected: number;
  #looked = 0;
  #withHistory = 0;
  #since: number | null = null;
  #resolution = 0;
  #left = 0;
  #opened = 0;
  #stillOpen = 0;
  #onHosts = 0;
  #incidents: readonly PreviewIncident[] = [];
  #isOfEvents = false;
  /** There was no time for all. */
  isCut = false;

  constructor(span: Span, selected: number) {
    this.#span = span;
    this.#selected = selected;
  }

  /** How many hosts were read. */
  get looked(): number {
    return this.#looked;
  }

  read({ past: { times }, resolution, left }: ReadPast): void {
    this.#looked += 1;
    this.#resolution = Math.max(this.#resolution, resolution);
    this.#left += left;
    const [first] = times;
    if (first === undefined) return;
    this.#withHistory += 1;
    this.#since = Math.min(this.#since ?? first, Math.max(first, this.#span.from));
  }

  /** What happened on some hosts; it is stored with or without history. `isCut`: there was more. */
  happened(hosts: number, events: readonly HostEvent[], isCut: boolean): void {
    this.isCut ||= isCut;
    this.#looked = hosts;
    this.#withHistory = hosts;
    this.#since = events[0] === undefined ? null : Math.max(events[0].at, this.#span.from);
    this.#isOfEvents = true;
  }

  add({ opened, stillOpen, hostIds, incidents, isCut }: Replayed): void {
    this.isCut ||= isCut;
    this.#opened += opened;
    this.#stillOpen += stillOpen;
    this.#onHosts += hostIds.length;
    this.#incidents = [...this.#incidents, ...incidents]
      .sort((a, b) => b.openedAt - a.openedAt)
      .slice(0, mostIncidents);
  }

  answer(): Preview {
    return {
      ...this.#span,
      hosts: { selected: this.#selected, looked: this.#looked, withHistory: this.#withHistory },
      since: this.#since,
      resolution: this.#resolution,
      opened: this.#opened,
      onHosts: this.#onHosts,
      stillOpen: this.#stillOpen,
      incidents: this.#incidents,
      notes: this.#notes(),
    };
  }

  #notes(): readonly string[] {
    const notes: string[] = [];
    if (this.#looked < this.#selected)
      notes.push(`Only ${this.#looked} of ${this.#selected} hosts were checked, to answer in time.`);
    else if (this.isCut) notes.push('Some hosts were not checked to the end, to answer in time.');
    if (this.#looked > this.#withHistory)
      notes.push(`${this.#looked - this.#withHistory} of the checked hosts have no history of that time.`);
    if (this.#resolution > 0)
      notes.push(
        `Some values stand for up to ${Math.round(this.#resolution / 1000)} seconds, so short peaks may be missing and times may differ by as much.`,
      );
    if (this.#isOfEvents && this.#opened > 0)
      notes.push('Incidents about a change that was undone end earlier than here: when it was undone is not stored.');
    if (this.#left > 0) notes.push(`${this.#left} series were left out because there were too many.`);
    return notes;
  }
}
