import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { queryClient } from '../../api/queries.ts';
import { useLive } from '../../live/use-live.ts';
import { alertTexts } from '../../texts/alerts/incidents.ts';
import { buttonClass } from '../button.tsx';
import { Icon } from '../icon.tsx';

const tones = { critical: 'bg-bad text-surface', warning: 'bg-warn text-surface', info: 'bg-muted text-surface' };
const most = 999;

/** How many incidents are open and how bad the worst is; leads to them. What shows one incident is read anew when they change. */
export function Bell() {
  const incidents = useLive((state) => state.incidents);
  const { open = 0, worst = null, revision } = incidents ?? {};
  useEffect(() => {
    if (revision === undefined) return;
    void queryClient.invalidateQueries({ queryKey: ['incident'] });
  }, [revision]);
  const words = alertTexts.bell(open, worst === null ? '' : alertTexts.severities[worst]);
  return (
    <Link to="/alerts/incidents" title={words} aria-label={words} className={buttonClass('quiet', 'px-2')}>
      <Icon name="bell" className="size-4.5" />
      {worst === null ? null : (
        <span className={`numbers -ml-1 min-w-5 rounded-full px-1.5 text-center text-xs font-semibold ${tones[worst]}`}>
          {open > most ? `${most}+` : open}
        </span>
      )}
    </Link>
  );
}
