/**
 * Signing in with an OpenID Connect provider: its settings (at most one row, with the id 1), the people who are linked to
 * accounts, those who were turned away because no account is linked to them, and how each session began.
 */
export const signIn = `
CREATE TABLE sign_in_provider (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  config_sealed TEXT NOT NULL
) STRICT;
CREATE TABLE identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  last_used_at INTEGER,
  PRIMARY KEY (issuer, subject)
) STRICT;
CREATE TABLE identity_requests (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT;
ALTER TABLE sessions ADD COLUMN began_by TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN id_token_sealed TEXT;
`;
