/** Where series of hosts are sent. */
export const destinations = `
CREATE TABLE destinations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  hosts_json TEXT NOT NULL,
  config_sealed TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX destinations_by_user ON destinations (user_id);
`;
