/** Events may be of Sonde itself: then without a host. Nothing wrote events before, so the table begins anew. */
export const eventsOfSonde = `
DROP TABLE events;
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host_id INTEGER REFERENCES hosts(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  seen_from INTEGER,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  summary TEXT NOT NULL,
  details_json TEXT NOT NULL,
  dedupe_key TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX events_host ON events(host_id, at);
CREATE INDEX events_at ON events(at);
`;
