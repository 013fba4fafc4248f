/** What tells API keys apart, and when each was last used. */
export const apiKeyUse = `
ALTER TABLE api_keys ADD COLUMN token_prefix TEXT;
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
`;
