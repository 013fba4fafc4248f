/**
 * What is known about hosts' keys besides the pinned ones: the one that waits for a decision, what happened, and the
 * lines of known_hosts files. A line without a user is everybody's.
 */
export const hostKeys = `
ALTER TABLE host_keys ADD COLUMN source TEXT NOT NULL DEFAULT 'first-sight';
CREATE TABLE host_key_pending (
  host_id INTEGER PRIMARY KEY REFERENCES hosts(id) ON DELETE CASCADE,
  algorithm TEXT NOT NULL,
  key_base64 TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('changed', 'unknown-key')),
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT;
CREATE TABLE host_key_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host_id INTEGER NOT NULL REFERENCES hosts(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  username TEXT
) STRICT;
CREATE INDEX host_key_events_host ON host_key_events(host_id, id);
CREATE TABLE known_hosts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT REFERENCES users(id) ON DELETE CASCADE,
  marker TEXT NOT NULL CHECK (marker IN ('key', 'cert-authority', 'revoked')),
  names TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_base64 TEXT NOT NULL,
  comment TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX known_hosts_user ON known_hosts(user_id, marker);
`;
