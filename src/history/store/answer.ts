import type { HistoryAnswer, HistoryQuery } from '../../ports/history-store.ts';
import type { Shapes } from '../files/shapes.ts';
import type { TierFiles } from '../files/tier-files.ts';
import type { Troubles } from '../files/troubles.ts';
import { type Pause, Reader } from '../query/reader.ts';
import type { Source } from '../query/source.ts';
import type { Absence } from './absences.ts';
import type { Live } from './live.ts';

/** `live`: null while the journal is being read or cannot be opened; then only the files are read. */
export type AnswerParts = {
  readonly files: TierFiles;
  readonly live: Live | null;
  readonly shapes: Shapes;
  readonly troubles: Troubles;
  /** Hosts that were deleted; their rows are removed later. */
  readonly forgotten: ReadonlySet<number>;
  readonly absences: () => readonly Absence[];
  readonly now: number;
};

/** Answers a query from the files and from what is in memory. Rejects with RequestError, and with what `pause` rejects with. */
export async function answerFrom(parts: AnswerParts, query: HistoryQuery, pause: Pause): Promise<HistoryAnswer> {
  const { files, live, shapes, troubles, forgotten, absences, now } = parts;
  const source: Source = {
    files,
    shapes,
    unwritten: (host) => live?.intake.unwritten(host) ?? [],
    shapeOf: (id) => shapes.byId(id, () => live?.journal.shape(id)),
    onDamage: (error) => troubles.damage(null, error),
  };
  const answer = await new Reader(source, query, now, absences, pause).answer();
  const hosts = answer.hosts.map((one) => (forgotten.has(one.hostId) ? { ...one, series: [], top: [] } : one));
  return { ...answer, hosts };
}
