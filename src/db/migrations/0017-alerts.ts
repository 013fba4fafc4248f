/**
 * Rules that users made or changed, where alerts stand, incidents and their log, what changed on hosts, where all this is told,
 * and when it is not. Times are ms since the epoch. Incidents outlive their host; host 0 is Sonde itself.
 */
export const alerts = `
CREATE TABLE rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  base TEXT,
  json TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX rules_user ON rules(user_id);
CREATE UNIQUE INDEX rules_base ON rules(user_id, base) WHERE base IS NOT NULL;
CREATE TABLE incidents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  rule_key TEXT NOT NULL,
  rule_json TEXT NOT NULL,
  host_id INTEGER NOT NULL,
  host_name TEXT NOT NULL,
  labels_key TEXT NOT NULL,
  labels_json TEXT NOT NULL,
  severity TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  close_reason TEXT,
  value REAL,
  peak REAL,
  summary TEXT NOT NULL,
  flips INTEGER NOT NULL DEFAULT 0,
  acked_by TEXT,
  acked_at INTEGER,
  note TEXT NOT NULL DEFAULT '',
  muted_by TEXT,
  told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents(user_id, rule_key, host_id, labels_key) WHERE closed_at IS NULL;
CREATE INDEX incidents_user ON incidents(user_id, id);
CREATE INDEX incidents_host ON incidents(host_id, id);
CREATE INDEX incidents_closed ON incidents(closed_at);
CREATE TABLE alert_states (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  rule_key TEXT NOT NULL,
  host_id INTEGER NOT NULL,
  labels_key TEXT NOT NULL,
  state TEXT NOT NULL,
  since INTEGER NOT NULL,
  evidence_ms INTEGER NOT NULL,
  unknown_since INTEGER,
  incident_id INTEGER REFERENCES incidents(id) ON DELETE CASCADE,
  flips_json TEXT NOT NULL,
  PRIMARY KEY (user_id, rule_key, host_id, labels_key)
) STRICT;
CREATE INDEX alert_states_incident ON alert_states(incident_id);
CREATE TABLE incident_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id INTEGER NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX incident_log_incident ON incident_log(incident_id, id);
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host_id INTEGER NOT NULL REFERENCES hosts(id) ON DELETE CASCADE,
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
CREATE TABLE baselines (
  host_id INTEGER NOT NULL REFERENCES hosts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  json TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (host_id, kind)
) STRICT;
CREATE TABLE channels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  filter_json TEXT NOT NULL,
  config_sealed TEXT,
  state TEXT NOT NULL,
  state_at INTEGER NOT NULL,
  error TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_user ON channels(user_id);
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id INTEGER NOT NULL REFERENCES channels(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  claimed_by TEXT,
  lease_until INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  key TEXT NOT NULL UNIQUE,
  body_json TEXT NOT NULL,
  answer TEXT,
  created_at INTEGER NOT NULL,
  sent_at INTEGER
) STRICT;
CREATE INDEX deliveries_due ON deliveries(state, due_at);
CREATE INDEX deliveries_channel ON deliveries(channel_id, id);
CREATE TABLE delivery_items (
  delivery_id INTEGER NOT NULL REFERENCES deliveries(id) ON DELETE CASCADE,
  incident_id INTEGER NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  transition TEXT NOT NULL,
  PRIMARY KEY (delivery_id, incident_id, transition)
) STRICT;
CREATE INDEX delivery_items_incident ON delivery_items(incident_id);
CREATE TABLE silences (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  matcher_json TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by_whom TEXT NOT NULL
) STRICT;
CREATE INDEX silences_user ON silences(user_id);
CREATE TABLE maintenance (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hosts_json TEXT NOT NULL,
  time_json TEXT NOT NULL,
  mutes TEXT NOT NULL
) STRICT;
CREATE INDEX maintenance_user ON maintenance(user_id);
`;
