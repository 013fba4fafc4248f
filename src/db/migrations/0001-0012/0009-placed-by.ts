/** Who last decided where a host is and how it is reached, if not its owner. Kept when that user is removed. */
export const placedBy = `ALTER TABLE hosts ADD COLUMN placed_by TEXT;`;
