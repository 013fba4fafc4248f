export type Theme = 'system' | 'light' | 'dark';

const key = 'sonde-theme';

/** What this browser was told to use. */
export function readTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Saved in this browser; `system` follows the operating system. `public/theme.js` applies it. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  dispatchEvent(new Event('sonde-theme'));
}
