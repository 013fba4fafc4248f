// Runs before the first paint, so that the page never flashes in the wrong theme. See src/components/shell/theme.ts.
{
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = localStorage.getItem('sonde-theme');
    const isDark = chosen === 'dark' || (chosen !== 'light' && dark.matches);
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  };
  apply();
  dark.addEventListener('change', () => dispatchEvent(new Event('sonde-theme')));
  addEventListener('sonde-theme', apply);
}
