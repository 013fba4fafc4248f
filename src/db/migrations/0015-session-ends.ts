/** Why sessions ended early; kept until their tokens would have expired. Times are ms since the epoch. */
export const sessionEnds = `
CREATE TABLE session_ends (
  session_id TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
`;
