import { bulkTexts } from '../../../texts/bulk.ts';
import { selection, useIsSelected } from './selection.ts';

/** Selects a host for a bulk action; with Shift, all between it and the one before. On narrow screens it shows while hosts are selected. */
export function SelectHost({ id, name }: { readonly id: number; readonly name: string }) {
  const isSelected = useIsSelected(id);
  return (
    <label className="relative z-10 -my-2 -ml-2 flex cursor-pointer p-2 max-md:hidden max-md:group-data-selecting/list:flex">
      <input
        type="checkbox"
        checked={isSelected}
        aria-label={bulkTexts.select(name)}
        onChange={(event) => selection.toggle(id, (event.nativeEvent as MouseEvent).shiftKey)}
        className="size-4 accent-accent"
      />
    </label>
  );
}
