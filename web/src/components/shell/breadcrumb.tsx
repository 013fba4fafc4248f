import { Link, useRouterState } from '@tanstack/react-router';
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
  const here = id === undefined ? (isNew ? navTexts.add : navTexts.import) : isEdit ? texts.edit : host?.name;
  return (
    <nav aria-label={navTexts.breadcrumb} className="mx-auto w-full max-w-[100rem] px-3 pt-2.5 sm:px-5">
      <ol className="flex min-w-0 flex-wrap gap-x-1.5 text-sm text-muted">
        <Crumb>
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
            <Link to="/hosts/$id" params={{ id: host.id }} className={link}>
              {host.name}
            </Link>
          </Crumb>
        ) : null}
        {here ? (
          <li aria-current="page" className={`min-w-0 wrap-anywhere ${host && !isEdit ? 'max-sm:hidden' : ''}`}>
            {here}
          </li>
        ) : null}
      </ol>
    </nav>
  );
}

const link = 'min-w-0 truncate rounded hover:text-text hover:underline';

function Crumb({ children }: { readonly children: React.ReactNode }) {
  return (
    <li className="flex min-w-0 max-w-full gap-1.5">
      {children}
      <span aria-hidden="true" className="shrink-0">
        ›
      </span>
    </li>
  );
}
