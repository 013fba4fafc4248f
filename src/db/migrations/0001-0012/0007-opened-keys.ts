/**
 * Private keys without their passphrases, sealed, so that the work of a passphrase is done once and not at every login.
 */
export const openedKeys = `
ALTER TABLE hosts ADD COLUMN key_opened_sealed TEXT;
ALTER TABLE credentials ADD COLUMN key_opened_sealed TEXT;
`;
