/** Line icons, 24 × 24, drawn for Sonde. Decoration only: what they mean is said in words beside them or in a label. */
const paths = {
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5',
  table: 'M3 6h18M3 12h18M3 18h18',
  tiles: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  map: 'M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM16 10h4v4h-4zM4 16h4v4H4zM10 16h4v4h-4zM16 16h4v4h-4z',
  gear: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.200 2.200M16.200 16.200l2.200 2.200M5.600 18.400l2.200-2.200M16.200 7.800l2.200-2.200',
  check: 'M5 13l4 4L19 7',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.500',
  down: 'M12 4v14M6 13l6 6 6-6',
  up: 'M12 20V6M6 11l6-6 6 6',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8v.500',
  server: 'M4 4h16v7H4zM4 13h16v7H4zM8 7.500h.500M8 16.500h.500',
  laptop: 'M5 5h14v10H5zM2 19h20',
  menu: 'M4 7h16M4 12h16M4 17h16',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
  pulse: 'M3 12h4l3-8 4 16 3-8h4',
  key: 'M15 10a4 4 0 1 0-4 4l1 1h2v2h2v2h4v-4l-5.500-4.500Z',
  bell: 'M6 17V11a6 6 0 1 1 12 0v6l1.500 1.500h-15ZM10 21h4',
  mute: 'M6 17V11a6 6 0 0 1 9-5.200M18 11v6l1.500 1.500h-15L6 17M10 21h4M3 3l18 18',
  chevron: 'M9 5l7 7-7 7',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, className = 'size-5' }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={`shrink-0 ${className}`}>
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
