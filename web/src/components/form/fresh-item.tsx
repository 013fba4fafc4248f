import type { QueryKey, UseQueryOptions } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { useFresh } from '../../api/fresh.ts';
import { texts } from '../../texts/common.ts';
import { Dialog } from '../dialog.tsx';
import { Notice } from '../notice.tsx';

/** The dialog that edits one of a list, once the list was read anew: somebody else may have changed it, or removed it. */
export function FreshItem<Item, Key extends QueryKey>({
  query,
  find,
  onClose,
  children,
}: {
  readonly query: UseQueryOptions<readonly Item[], Error, readonly Item[], Key>;
  readonly find: (item: Item) => boolean;
  readonly onClose: () => void;
  readonly children: (item: Item) => ReactNode;
}) {
  const { data, error } = useFresh(query);
  /** It stays when it is removed meanwhile, so that nobody loses what they typed. */
  const found = useRef<Item | undefined>(undefined);
  found.current = data?.find(find) ?? found.current;
  if (found.current !== undefined) return children(found.current);
  if (data === undefined && error === null) return null;
  return (
    <Dialog title={texts.edit} onClose={onClose}>
      <Notice kind="bad">{error?.message ?? texts.gone}</Notice>
    </Dialog>
  );
}
