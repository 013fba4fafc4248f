export type Theme = 'system' | 'light' | 'dark';

const key = 'sonde-theme';

export function readTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Kept in this browser; `system` follows what the machine says. See also public/theme.js. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(key);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(key, theme);
    document.documentElement.dataset.theme = theme;
  }
  dispatchEvent(new Event('sonde-theme'));
}
