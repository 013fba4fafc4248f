/** The status of hosts and since when, so that a restart forgets neither. Times are ms since the epoch. */
export const hostStates = `
CREATE TABLE host_states (
  host_id INTEGER PRIMARY KEY REFERENCES hosts(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  since INTEGER NOT NULL,
  status TEXT,
  status_since INTEGER
) STRICT;
`;
