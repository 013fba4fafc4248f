import { queryOptions } from '@tanstack/react-query';
import { request } from '../../api/http.ts';

/** One route, as far as the page shows it. Source: the OpenAPI description. */
export type ApiRoute = {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly group: string;
  readonly isPublic: boolean;
  readonly parameters: readonly { readonly name: string; readonly isInPath: boolean }[];
  /** An example body; null for routes that take none. */
  readonly body: string | null;
};

type Operation = {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
};
type Schema = { readonly properties?: Readonly<Record<string, unknown>> };
type Description = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** Every route of the API; it changes only with the version. */
export const routesQuery = queryOptions({
  queryKey: ['/openapi.json'],
  staleTime: Infinity,
  queryFn: async () => routesOf(await request<Description>('GET', '/openapi.json')),
});

function routesOf({ paths }: Description): readonly ApiRoute[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => routeOf(method, path, operation)),
  );
}

function routeOf(method: string, path: string, operation: Operation): ApiRoute {
  const { summary = '', tags = [], security, parameters = [], requestBody } = operation;
  const schema = requestBody?.content?.['application/json']?.schema;
  const example = Object.fromEntries(Object.keys(schema?.properties ?? {}).map((name) => [name, '']));
  return {
    method: method.toUpperCase(),
    path,
    summary,
    group: tags[0] ?? '',
    isPublic: security?.length === 0,
    parameters: parameters
      .filter((one) => one.in === 'path' || one.in === 'query')
      .map((one) => ({ name: one.name, isInPath: one.in === 'path' })),
    body: schema ? JSON.stringify(example, null, 2) : null,
  };
}
