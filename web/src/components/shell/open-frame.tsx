import { Link, Outlet, useRouteContext } from '@tanstack/react-router';
import { withoutBase } from '../../api/base.ts';
import { texts } from '../../texts/common.ts';
import { navTexts } from '../../texts/shell.ts';
import { buttonClass } from '../button.tsx';
import { Logo } from '../logo.tsx';
import { Frame } from './frame.tsx';

/** What pages that anybody may read stand in: the frame of the others for who is logged in, else a head that leads to the login. */
export function OpenFrame() {
  const { me } = useRouteContext({ from: '/open' });
  if (me) return <Frame />;
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-[100rem] flex-wrap items-center gap-3 px-3 sm:px-5">
          <Link to="/" className="flex flex-1 items-center gap-2.5 rounded-lg font-semibold">
            <Logo />
            {texts.name}
          </Link>
          <Link to="/login" search={{ next: withoutBase(location.pathname) }} className={buttonClass()}>
            {navTexts.logIn}
          </Link>
        </div>
      </header>
      <main className="mx-auto w-full max-w-[100rem] flex-1 px-3 py-4 sm:px-5">
        <Outlet />
      </main>
    </div>
  );
}
