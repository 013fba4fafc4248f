/** One row: a value with which a start checks whether it has the right sealing key. */
export const sealing = `
CREATE TABLE sealing (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key_id TEXT NOT NULL,
  check_sealed TEXT NOT NULL
) STRICT;
`;
