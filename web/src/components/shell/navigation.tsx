import { Link } from '@tanstack/react-router';
import { navTexts } from '../../texts/shell.ts';
import { Icon, type IconName } from '../icon.tsx';
import { useFleetView } from './fleet-view.ts';

type Place = {
  readonly to: '/' | '/compare' | '/settings' | '/docs';
  readonly text: string;
  readonly icon: IconName;
  /** Whether the pages below it are it, too. */
  readonly hasParts: boolean;
};

/** Where the main navigation leads, in order. */
const places: readonly Place[] = [
  { to: '/', text: navTexts.fleet, icon: 'server', hasParts: false },
  { to: '/compare', text: navTexts.compare, icon: 'pulse', hasParts: false },
  { to: '/settings', text: navTexts.settings, icon: 'gear', hasParts: true },
  { to: '/docs', text: navTexts.docs, icon: 'info', hasParts: true },
];

/** The main navigation: in the head where it has room, else in the menu. */
export function Navigation({ isMenu = false, onGo }: { readonly isMenu?: boolean; readonly onGo?: () => void }) {
  const view = useFleetView();
  const look = isMenu ? 'flex w-full items-center gap-2 px-3 py-2' : 'px-2.5 py-1.5';
  return (
    <nav aria-label={navTexts.label} className={isMenu ? 'sm:hidden' : 'flex items-center gap-0.5 max-sm:hidden'}>
      {places.map(({ to, text, icon, hasParts }) => (
        <Link
          key={to}
          to={to}
          search={to === '/' ? view : {}}
          activeOptions={{ exact: !hasParts, includeSearch: false }}
          onClick={onGo}
          className={`rounded-lg text-sm hover:bg-sunken aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent ${look}`}
        >
          {isMenu ? <Icon name={icon} className="size-4" /> : null}
          {text}
        </Link>
      ))}
    </nav>
  );
}
