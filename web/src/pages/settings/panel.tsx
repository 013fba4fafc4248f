import type { ReactNode } from 'react';
import type { Read } from '../../api/fresh.ts';
import { Notice } from '../../components/notice.tsx';
import { texts } from '../../texts/common.ts';

/** One matter of the settings. */
export function Panel({
  title,
  lead,
  children,
}: {
  readonly title?: string;
  readonly lead?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-5">
      {title ? <h2 className="font-semibold">{title}</h2> : null}
      {lead ? <p className={`text-sm text-muted ${title ? '-mt-2' : ''}`}>{lead}</p> : null}
      {children}
    </section>
  );
}

/** What was asked for, once it is there; before that, that it comes; instead of it, why it does not. */
export function Loaded<Data>({
  query,
  children,
}: {
  readonly query: Read<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Notice kind="bad">{query.error.message}</Notice>;
  return (
    <p role="status" className="text-sm text-muted">
      {texts.loading}
    </p>
  );
}

/** A list of things, each with what can be done with it; a sentence when there are none. */
export function List<Item>({
  items,
  empty,
  keyOf,
  children,
}: {
  readonly items: readonly Item[];
  readonly empty: string;
  readonly keyOf: (item: Item) => string;
  readonly children: (item: Item) => ReactNode;
}) {
  if (items.length === 0) return <p className="text-sm text-faint">{empty}</p>;
  return (
    <ul className="flex flex-col">
      {items.map((item) => (
        <li
          key={keyOf(item)}
          className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0"
        >
          {children(item)}
        </li>
      ))}
    </ul>
  );
}

/** The name of a thing, and beneath it what there is to know. */
export function Named({ name, about }: { readonly name: ReactNode; readonly about: ReactNode }) {
  return (
    <div className="min-w-0 flex-1 basis-52">
      <p className="break-words font-medium">{name}</p>
      <p className="break-words text-sm text-muted">{about}</p>
    </div>
  );
}
