/**
 * What hosts were and when Sonde ran, for a year: why there is nothing of a time. Times are ms since the epoch; without `until`,
 * it still is so.
 */
export const hostSpans = `
CREATE TABLE host_spans (
  host_id INTEGER NOT NULL REFERENCES hosts(id) ON DELETE CASCADE,
  since INTEGER NOT NULL,
  until INTEGER,
  state TEXT NOT NULL,
  cause TEXT NOT NULL,
  PRIMARY KEY (host_id, since)
) STRICT;
CREATE TABLE runs (
  since INTEGER PRIMARY KEY,
  until INTEGER NOT NULL,
  why TEXT NOT NULL
) STRICT;
`;
