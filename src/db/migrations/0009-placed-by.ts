/** Who last said where a host is and which way it is reached, where that is not its owner. Kept when that user is removed. */
export const placedBy = `ALTER TABLE hosts ADD COLUMN placed_by TEXT;`;
