/** What was known as an incident opened: its last values, and the processes that used most. */
export const incidentContext = `
ALTER TABLE incidents ADD COLUMN context_json TEXT;
`;
