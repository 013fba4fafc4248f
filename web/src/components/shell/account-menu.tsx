import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import { at } from '../../api/base.ts';
import { request } from '../../api/http.ts';
import { meQuery, queryClient } from '../../api/queries.ts';
import { live, tellLoggedOut } from '../../live/use-live.ts';
import { navTexts } from '../../texts/shell.ts';
import { buttonClass } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { Navigation } from './navigation.tsx';
import { readTheme, setTheme, type Theme } from './theme.ts';

/** Ends the session and all that was read in it. */
export async function logOut(): Promise<void> {
  const answer = await request<{ readonly logout_url?: string }>('POST', '/users/logout').catch(() => null);
  tellLoggedOut();
  live.stop();
  queryClient.clear();
  // The provider leads back to the login page.
  location.assign(answer?.logout_url ?? at('/login'));
}

const item = 'flex w-full items-center gap-2 rounded-lg px-3 py-2 text-left text-sm hover:bg-sunken';

/** Who is logged in, and what belongs to them. A popover of the browser: it closes on Esc and on a click elsewhere. */
export function AccountMenu() {
  const { data: me } = useQuery(meQuery);
  const id = useId();
  const ref = useRef<HTMLDivElement>(null);
  const [theme, choose] = useState(readTheme);
  const close = (): void => ref.current?.hidePopover();
  return (
    <>
      <button type="button" popoverTarget={id} aria-label={navTexts.account} className={buttonClass('quiet', 'px-2')}>
        <Icon name="menu" className="size-4.5" />
      </button>
      <div
        ref={ref}
        id={id}
        popover="auto"
        className="fixed inset-auto right-3 top-13 m-0 w-60 rounded-xl border border-line bg-surface p-2 text-text shadow-raised"
      >
        <p className="truncate px-3 py-2 text-sm text-muted">{me?.username}</p>
        <Navigation isMenu onGo={close} />
        <Link to="/hosts/import" onClick={close} className={item}>
          <Icon name="table" className="size-4" />
          {navTexts.import}
        </Link>
        <fieldset className="flex items-center gap-1 px-3 py-2">
          <legend className="sr-only">{navTexts.theme}</legend>
          <Icon name="sun" className="mr-1 size-4 text-muted" />
          {(['system', 'light', 'dark'] satisfies Theme[]).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={theme === one}
              onClick={() => {
                setTheme(one);
                choose(one);
              }}
              className="rounded-md px-2 py-1 text-xs hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:text-accent"
            >
              {navTexts[one]}
            </button>
          ))}
        </fieldset>
        <button type="button" onClick={() => void logOut()} className={item}>
          <Icon name="chevron" className="size-4" />
          {navTexts.logOut}
        </button>
      </div>
    </>
  );
}
