/**
 * Where Sonde was in use before it kept history, it is kept as far as it was decided to sample hosts with nobody watching, and
 * an admin is told once.
 */
export const historySetting = `
INSERT INTO settings (name, value)
SELECT 'history', CASE
  WHEN EXISTS (SELECT 1 FROM settings WHERE name = 'collectAlways') THEN '{"announced":false}'
  ELSE '{"announced":false,"enabled":false}' END
WHERE EXISTS (SELECT 1 FROM users);
`;
