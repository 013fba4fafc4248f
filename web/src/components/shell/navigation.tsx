import { Link, useRouterState } from '@tanstack/react-router';
import { navTexts } from '../../texts/shell.ts';
import { Icon, type IconName } from '../icon.tsx';
import { useFleetView } from './fleet-view.ts';

type Place = {
  readonly to: '/' | '/alerts/incidents' | '/compare' | '/settings' | '/docs';
  readonly text: string;
  readonly icon: IconName;
  /** How the addresses of all that is part of it begin; without it, it is one page. */
  readonly parts?: string;
  /** Left out of the head where there is little room: the bell leads there. */
  readonly isSpare?: true;
};

/** Where the main navigation leads, in order. */
const places: readonly Place[] = [
  { to: '/', text: navTexts.fleet, icon: 'server' },
  { to: '/alerts/incidents', text: navTexts.alerts, icon: 'bell', parts: '/alerts/', isSpare: true },
  { to: '/compare', text: navTexts.compare, icon: 'pulse' },
  { to: '/settings', text: navTexts.settings, icon: 'gear', parts: '/settings' },
  { to: '/docs', text: navTexts.docs, icon: 'info', parts: '/docs' },
];

/** The main navigation: in the head where it has room, else in the menu. */
export function Navigation({ isMenu = false, onGo }: { readonly isMenu?: boolean; readonly onGo?: () => void }) {
  const view = useFleetView();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const look = isMenu ? 'flex w-full items-center gap-2 px-3 py-2' : 'px-2.5 py-1.5';
  return (
    <nav aria-label={navTexts.label} className={isMenu ? 'sm:hidden' : 'flex items-center gap-0.5 max-sm:hidden'}>
      {places.map(({ to, text, icon, parts, isSpare }) => (
        <Link
          key={to}
          to={to}
          search={to === '/' ? view : {}}
          activeOptions={{ exact: true, includeSearch: false }}
          aria-current={parts !== undefined && path.startsWith(parts) ? 'page' : undefined}
          onClick={onGo}
          className={`rounded-lg text-sm hover:bg-sunken aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent ${look} ${isSpare && !isMenu ? 'max-lg:hidden' : ''}`}
        >
          {isMenu ? <Icon name={icon} className="size-4" /> : null}
          {text}
        </Link>
      ))}
    </nav>
  );
}
