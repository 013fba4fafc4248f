/**
 * Names in the form used for comparing, see foldName in src/model/names.ts; SQL only folds ASCII. If two existing users
 * now have the same name, both stay, and all except the oldest are found by their exact spelling.
 */
export const foldedNames = `
ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE users SET name_key = fold_name(username);
CREATE INDEX users_name_key_duplicates ON users(name_key);
UPDATE users SET name_key = name_key || '#' || id WHERE EXISTS (
  SELECT 1 FROM users AS other
  WHERE other.name_key = users.name_key
    AND (other.created_at < users.created_at OR (other.created_at = users.created_at AND other.id < users.id))
);
DROP INDEX users_name_key_duplicates;
CREATE UNIQUE INDEX users_name_key ON users(name_key);
ALTER TABLE audit_log ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE audit_log SET name_key = fold_name(username);
CREATE INDEX audit_log_name ON audit_log(name_key, id);
`;
