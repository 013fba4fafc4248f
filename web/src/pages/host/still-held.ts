/** What is held back at a given time (ms): the list is read once a minute, and some of it may have ended since. */
export function stillHeld<Hold extends { readonly until: string | null }>(
  holds: readonly Hold[],
  now: number,
): readonly Hold[] {
  return holds.filter(({ until }) => until === null || Date.parse(until) > now);
}

/** Those that are held back for the same reason and time, as one. Times are shown to the second. */
export type Alike<Kind> = {
  readonly kinds: readonly Kind[];
  readonly since: string;
  readonly until: string | null;
  readonly message: string;
};

export function alike<Kind>(
  holds: readonly {
    readonly what: Kind;
    readonly since: string;
    readonly until: string | null;
    readonly failure: { readonly message: string };
  }[],
): readonly Alike<Kind>[] {
  const groups = Map.groupBy(holds, ({ since, until, failure }) =>
    JSON.stringify([secondOf(since), until && secondOf(until), failure.message]),
  );
  return [...groups.values()].flatMap(([first, ...more]) =>
    first
      ? [
          {
            kinds: [first, ...more].map(({ what }) => what),
            since: first.since,
            until: first.until,
            message: first.failure.message,
          },
        ]
      : [],
  );
}

function secondOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
