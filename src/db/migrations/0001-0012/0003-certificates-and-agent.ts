/** OpenSSH certificates for keys (they are public), and the one key of the machine's SSH agent that a login may use. */
export const certificatesAndAgent = `
ALTER TABLE hosts ADD COLUMN certificate TEXT;
ALTER TABLE hosts ADD COLUMN agent_key TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN certificate TEXT;
ALTER TABLE credentials ADD COLUMN agent_key TEXT NOT NULL DEFAULT '';
`;
