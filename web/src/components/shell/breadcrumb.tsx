import { Link, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useFleetHost } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { navTexts } from '../../texts/shell.ts';
import { useFleetView } from './fleet-view.ts';

const pattern = /^\/hosts\/(?:(\d+)|(new)|(import))(\/edit)?$/;

/** Where in the fleet a page stands: back to the list as it was filtered, to the host's folder, to the host. */
export function Breadcrumb() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [isBelow, id, isNew, , isEdit] = pattern.exec(path) ?? [];
  const view = useFleetView();
  const host = useFleetHost(Number(id))?.host;
  if (isBelow === undefined) return null;
  // Of a host that does not exist, or is not here yet, there is only the way back.
  const here = id === undefined ? (isNew ? navTexts.add : navTexts.import) : host && isEdit ? texts.edit : host?.name;
  return (
    <nav
      aria-label={navTexts.breadcrumb}
      className="mx-auto w-full max-w-[100rem] px-3 pt-2.5 in-[:has([data-wide])]:max-w-none sm:px-5"
    >
      <ol className="flex min-w-0 gap-x-1.5 text-sm text-muted">
        <Crumb isShort isLast={here === undefined}>
          <Link to="/" search={view} className={link}>
            {navTexts.fleet}
          </Link>
        </Crumb>
        {host?.folder ? (
          <Crumb>
            <Link to="/" search={{ folder: host.folder }} className={link}>
              {host.folder}
            </Link>
          </Crumb>
        ) : null}
        {isEdit && host ? (
          <Crumb>
            <Link to="/hosts/$id" params={{ id: host.id }} activeOptions={{ exact: true }} className={link}>
              {host.name}
            </Link>
          </Crumb>
        ) : null}
        {here ? (
          <li aria-current="page" title={here} className={isEdit ? 'shrink-0' : 'min-w-0 truncate'}>
            {here}
          </li>
        ) : null}
      </ol>
    </nav>
  );
}

const link = 'min-w-0 truncate rounded hover:text-text hover:underline';

type CrumbProps = { readonly isShort?: boolean; readonly isLast?: boolean; readonly children: ReactNode };

function Crumb({ isShort = false, isLast = false, children }: CrumbProps) {
  return (
    <li className={`flex gap-1.5 ${isShort ? 'shrink-0' : 'min-w-0'}`}>
      {children}
      {isLast ? null : (
        <span aria-hidden="true" className="shrink-0">
          ›
        </span>
      )}
    </li>
  );
}
