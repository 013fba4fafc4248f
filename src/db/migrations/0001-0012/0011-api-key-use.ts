/** The part of an API key's token that identifies it, and when each key was last used. */
export const apiKeyUse = `
ALTER TABLE api_keys ADD COLUMN token_prefix TEXT;
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
`;
