/**
 * The passwords of a chain of proxies: JSON of {type, host, port, username, password_sealed}, one for each proxy that
 * has one.
 */
export const proxies = `ALTER TABLE hosts ADD COLUMN proxy_logins TEXT NOT NULL DEFAULT '[]';`;
