/** The address that Sonde calls while it works; at most one row, with the id 1. */
export const heartbeat = `
CREATE TABLE heartbeat (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  url_sealed TEXT NOT NULL,
  interval_seconds INTEGER NOT NULL,
  tells_failure INTEGER NOT NULL
) STRICT;
`;
