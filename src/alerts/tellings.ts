import type { Database } from '../db/schema.ts';

/** Who was told of an incident, as its log says. */
export type Telling = {
  /** How many channels it arrived at. */
  readonly channels: number;
  /** When it last arrived at one, ms since the epoch; 0 without any. */
  readonly at: number;
  /** The last channel that it could not be told to and has not been told to since, with the reason. */
  readonly failed: { readonly channel: string; readonly text: string } | null;
};

/** Of the incidents of one page. What has no entry was told to nobody, and nothing failed. */
export async function tellingsOf(db: Database, ids: readonly number[]): Promise<ReadonlyMap<number, Telling>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('incident_log')
    .select(['incident_id', 'at', 'what', 'by_whom', 'text'])
    .where('incident_id', 'in', [...ids])
    .where('what', 'in', ['told', 'failed'])
    .orderBy('id')
    .execute();
  return new Map([...Map.groupBy(rows, (row) => row.incident_id)].map(([id, log]) => [id, tellingOf(log)]));
}

type Line = { readonly at: number; readonly what: string; readonly by_whom: string; readonly text: string };

/** What the lines of one incident's log come to, oldest first. */
export function tellingOf(log: readonly Line[]): Telling {
  const told = new Set<string>();
  const failed = new Map<string, string>();
  let at = 0;
  for (const { what, by_whom: channel, text, ...line } of log) {
    failed.delete(channel);
    if (what === 'failed') failed.set(channel, text);
    else {
      told.add(channel);
      at = line.at;
    }
  }
  const [channel, text] = [...failed].at(-1) ?? [];
  return { channels: told.size, at, failed: channel === undefined ? null : { channel, text: text ?? '' } };
}
