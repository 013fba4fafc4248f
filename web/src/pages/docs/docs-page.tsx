import { useQuery } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { useState } from 'react';
import { at } from '../../api/base.ts';
import { TextField } from '../../components/form/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTitle } from '../../components/use-title.ts';
import { useView } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { docsTexts } from '../../texts/docs.ts';
import { type ApiRoute, routesQuery } from './description.ts';
import { RouteForm } from './route-form.tsx';

/** The API: every route with a form that sends it. */
export function DocsPage() {
  const { me } = useRouteContext({ from: '/open' });
  const { data: routes, error } = useQuery(routesQuery);
  const [typed, setTyped] = useState('');
  useTitle(docsTexts.title);
  useView({ hosts: [], watch: [] });
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5 py-2">
      <div className="flex flex-col gap-1">
        <h1 className="text-2xl font-semibold">{docsTexts.title}</h1>
        <p className="text-sm text-muted">
          {me ? docsTexts.lead : docsTexts.anonymous}{' '}
          <a href={at('/openapi.json')} className="text-accent underline">
            {docsTexts.description}
          </a>
        </p>
      </div>
      <TextField
        label={docsTexts.filter}
        type="search"
        placeholder={docsTexts.filterHint}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {error ? <Notice kind="bad">{error.message}</Notice> : null}
      {routes ? (
        <Groups routes={routes.filter((route) => matches(route, typed))} />
      ) : error ? null : (
        <p role="status" className="text-sm text-muted">
          {texts.loading}
        </p>
      )}
    </div>
  );
}

function matches({ method, path, summary }: ApiRoute, typed: string): boolean {
  const text = `${method} ${path} ${summary}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Groups({ routes }: { readonly routes: readonly ApiRoute[] }) {
  if (routes.length === 0) return <p className="text-sm text-muted">{docsTexts.none}</p>;
  return [...Map.groupBy(routes, (route) => route.group)].map(([group, found]) => (
    <section key={group} aria-label={group || docsTexts.other} className="rounded-xl border border-line bg-surface p-3">
      <h2 className="px-2 pb-2 font-semibold first-letter:uppercase">{group || docsTexts.other}</h2>
      {found.map((route) => (
        <RouteForm key={`${route.method} ${route.path}`} route={route} />
      ))}
    </section>
  ));
}
