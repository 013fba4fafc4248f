/** Scopes of API keys (existing ones keep their rights: they manage everything), and the audit log. */
export const access = `
ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'manage' CHECK (scope IN ('read', 'manage'));
ALTER TABLE api_keys ADD COLUMN host_ids TEXT;
CREATE INDEX shares_user ON shares(user_id);
CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user_id TEXT,
  username TEXT NOT NULL,
  action TEXT NOT NULL,
  host_id INTEGER,
  target TEXT NOT NULL,
  details TEXT NOT NULL,
  address TEXT NOT NULL,
  via TEXT NOT NULL
) STRICT;
CREATE INDEX audit_log_at ON audit_log(at);
`;
