import type { OpenCounts } from '../../alerts/lists/open-incidents.ts';
import type { Viewer } from '../../hosts/access/access.ts';
import type { LiveIncidents } from '../views/live.ts';
import { eventText } from './event-stream.ts';

/** Changes are gathered for this long, ms; longer where many hosts have incidents, because all of them are sent. */
const gatherMs = 1_000;
const gatherManyMs = 5_000;
const many = 1_000;

/** Open incidents as an event of the live stream: the whole state, at connect and a moment after it changed. */
export class IncidentNews {
  readonly #counts: Pick<OpenCounts, 'of' | 'onChange'>;
  readonly #mark: (userIds: ReadonlySet<string>) => void;
  readonly #end: () => void;
  /** The event of users whose view is not limited. */
  readonly #texts = new Map<string, string>();
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** `mark` is called with the users whose incidents changed. */
  constructor(counts: Pick<OpenCounts, 'of' | 'onChange'>, mark: (userIds: ReadonlySet<string>) => void) {
    this.#counts = counts;
    this.#mark = mark;
    this.#end = counts.onChange((userId) => this.#gather(userId));
  }

  /** The event for a viewer. */
  text(user: Viewer): string {
    if (user.onlyHosts) return this.#made(user);
    const text = this.#texts.get(user.id) ?? this.#made(user);
    this.#texts.set(user.id, text);
    return text;
  }

  close(): void {
    this.#end();
    clearTimeout(this.#timer);
  }

  #made(user: Viewer): string {
    return eventText('incidents', JSON.stringify(this.#counts.of(user) satisfies LiveIncidents));
  }

  #gather(userId: string): void {
    this.#texts.delete(userId);
    this.#changed.add(userId);
    const isMany = (): boolean => Object.keys(this.#counts.of({ id: userId }).hosts).length > many;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        const changed = this.#changed;
        this.#changed = new Set();
        this.#mark(changed);
      },
      isMany() ? gatherManyMs : gatherMs,
    );
  }
}
