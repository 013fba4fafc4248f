/**
 * If Sonde was in use before it kept history, history is kept only if hosts were sampled all the time, and an admin is
 * informed once.
 */
export const historySetting = `
INSERT INTO settings (name, value)
SELECT 'history', CASE
  WHEN EXISTS (SELECT 1 FROM settings WHERE name = 'collectAlways') THEN '{"announced":false}'
  ELSE '{"announced":false,"enabled":false}' END
WHERE EXISTS (SELECT 1 FROM users);
`;
