/**
 * What is held back for hosts, so that a restart does not offer again what was refused. Times are ms since the epoch.
 */
export const holds = `
CREATE TABLE host_holds (
  host_id INTEGER NOT NULL REFERENCES hosts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  failure TEXT,
  since INTEGER NOT NULL,
  held_until INTEGER,
  state TEXT NOT NULL,
  PRIMARY KEY (host_id, kind)
) STRICT;
`;
