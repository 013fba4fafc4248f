import { Link, Outlet, useNavigate, useRouter } from '@tanstack/react-router';
import { useStream } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { navTexts } from '../../texts/shell.ts';
import { buttonClass } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { Logo } from '../logo.tsx';
import { openPalette } from '../palette/opening.ts';
import { PaletteHost } from '../palette/palette-host.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Bell } from './bell.tsx';
import { Breadcrumb } from './breadcrumb.tsx';
import { ConnectionBar } from './connection-bar.tsx';
import { Counts } from './counts.tsx';
import { Navigation } from './navigation.tsx';
import { useFocusOnContent } from './use-focus-on-content.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** What every page of somebody logged in stands in: the head, the live stream, the keyboard. */
export function Frame() {
  const navigate = useNavigate();
  const router = useRouter();
  useStream();
  useFocusOnContent();
  useShortcuts({
    palette: openPalette,
    search: () => {
      const field = document.querySelector<HTMLInputElement>('input[type=search]');
      if (field) field.focus();
      else void navigate({ to: '/' }).then(() => router.latestLocation && focusSearch());
    },
  });
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:left-3 focus:top-3 focus:z-50 focus:rounded-lg focus:bg-surface focus:px-3 focus:py-2"
      >
        {texts.skip}
      </a>
      <header className="z-30 border-b border-line bg-surface min-[20rem]:sticky min-[20rem]:top-0">
        <div className="mx-auto flex min-h-14 max-w-[100rem] items-center gap-1 max-[20rem]:flex-wrap px-3 in-[:has([data-wide])]:max-w-none sm:px-5 md:gap-3">
          <Link to="/" className="flex items-center gap-2.5 rounded-lg pr-1 font-semibold">
            <Logo />
            <span className="max-md:sr-only">{texts.name}</span>
          </Link>
          <Navigation />
          <Counts />
          <div className="flex-1 min-[20rem]:hidden" />
          <Bell />
          <button
            type="button"
            onClick={openPalette}
            aria-label={navTexts.palette}
            className={buttonClass('quiet', 'px-2')}
          >
            <Icon name="search" className="size-4.5" />
            <kbd className="rounded border border-line px-1.5 text-xs max-lg:hidden">k</kbd>
          </button>
          <Link to="/hosts/new" title={navTexts.add} className={buttonClass('quiet', 'px-2')}>
            <Icon name="plus" className="size-4.5" />
            <span className="max-lg:sr-only">{navTexts.add}</span>
          </Link>
          <AccountMenu />
        </div>
      </header>
      <ConnectionBar />
      <Breadcrumb />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[100rem] flex-1 px-3 py-4 outline-none has-data-wide:max-w-none sm:px-5"
      >
        <Outlet />
      </main>
      <PaletteHost />
    </div>
  );
}

function focusSearch(): void {
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('input[type=search]')?.focus());
}
