import { Link } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import { flawOfTitle } from '../../../../../src/model/names.ts';
import { Button, buttonClass } from '../../../components/button.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Icon } from '../../../components/icon.tsx';
import { bulkTexts } from '../../../texts/bulk.ts';
import { fleetTexts, viewTexts, wallTexts } from '../../../texts/fleet.ts';
import { selection } from '../bulk/selection.ts';
import { chosenColumns, columns } from '../list/columns.tsx';
import {
  changePreferences,
  type Density,
  type FleetPreferences,
  maxViews,
  type SavedView,
  savePreferences,
} from '../preferences.ts';
import type { FleetSearch } from '../search.ts';

const densities = ['comfortable', 'compact'] as const satisfies readonly Density[];
const legend = 'px-1 text-xs font-medium text-muted';

/** Row height, columns and saved views. A popover of the browser: it closes on Esc and on a click elsewhere. */
export function ViewMenu({
  search,
  preferences,
  onOpen,
}: {
  readonly search: FleetSearch;
  readonly preferences: FleetPreferences;
  readonly onOpen: (search: FleetSearch) => void;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [below, setBelow] = useState({ top: 0, right: 0 });
  const place = (): void => {
    const box = button.current?.getBoundingClientRect();
    if (box) setBelow({ top: box.bottom + 6, right: Math.max(8, innerWidth - box.right) });
  };
  return (
    <>
      <button ref={button} type="button" popoverTarget={id} onClick={place} className={buttonClass('plain')}>
        <Icon name="gear" className="size-4" />
        {viewTexts.view}
      </button>
      <div
        id={id}
        popover="auto"
        onBeforeToggle={({ newState }) => setOpen(newState === 'open')}
        style={below}
        className="fixed inset-auto m-0 max-h-[75dvh] w-72 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-xl border border-line bg-surface p-3 text-text shadow-raised"
      >
        {isOpen ? (
          <div className="flex flex-col gap-4">
            <SavedViews search={search} preferences={preferences} onOpen={onOpen} />
            <fieldset className="flex flex-wrap gap-1">
              <legend className={legend}>{viewTexts.density}</legend>
              {densities.map((density) => (
                <button
                  key={density}
                  type="button"
                  aria-pressed={preferences.density === density}
                  onClick={() => changePreferences(() => ({ density }))}
                  className="rounded-md px-2.5 py-1 text-sm hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:text-accent"
                >
                  {viewTexts[density]}
                </button>
              ))}
            </fieldset>
            <ColumnChooser chosen={preferences.columns} />
            <Button className="md:hidden" onClick={() => selection.begin()}>
              {bulkTexts.begin}
            </Button>
            <Link to="/wall" className={buttonClass('plain')}>
              {wallTexts.open}
            </Link>
          </div>
        ) : null}
      </div>
    </>
  );
}

function ColumnChooser({ chosen }: { readonly chosen: readonly string[] | null }) {
  const keys = chosenColumns(chosen).map(({ key }) => key);
  // The table says what it has room for; there is none in another layout.
  const shown = document.querySelector<HTMLElement>('[data-columns]')?.dataset.columns?.split(' ');
  const toggle = (key: string): void =>
    changePreferences((before) => {
      const now = chosenColumns(before.columns).map((column): string => column.key);
      return { columns: now.includes(key) ? now.filter((one) => one !== key) : [...now, key] };
    });
  return (
    <fieldset className="flex flex-col gap-0.5">
      <legend className={legend}>{viewTexts.columns}</legend>
      {columns.map(({ key }) => (
        <label key={key} className="flex items-center gap-2.5 rounded-lg px-1 py-1 text-sm hover:bg-sunken">
          <input
            type="checkbox"
            checked={keys.includes(key)}
            onChange={() => toggle(key)}
            className="size-4 accent-accent"
          />
          {fleetTexts.columns[key]}
          {shown && keys.includes(key) && !shown.includes(key) ? (
            <span className="ml-auto text-xs text-muted">{viewTexts.tooNarrow}</span>
          ) : null}
        </label>
      ))}
      {chosen === null ? null : (
        <Button look="quiet" className="self-start" onClick={() => changePreferences(() => ({ columns: null }))}>
          {viewTexts.reset}
        </Button>
      )}
    </fieldset>
  );
}

function SavedViews({
  search,
  preferences,
  onOpen,
}: {
  readonly search: FleetSearch;
  readonly preferences: FleetPreferences;
  readonly onOpen: (search: FleetSearch) => void;
}) {
  const { views, columns: keys, density } = preferences;
  const [name, setName] = useState('');
  const open = (view: SavedView): void => {
    changePreferences(() => ({ columns: view.columns, density: view.density }));
    onOpen(view.search);
  };
  const save = useAction(async () => {
    const flaw = flawOfTitle(name.trim());
    if (flaw !== null) throw new Error(`The name ${flaw}`);
    const view: SavedView = { name: name.trim(), search, columns: keys, density };
    await savePreferences((before) => ({
      views: [...before.views.filter((one) => one.name !== view.name), view].slice(-maxViews),
    }));
    setName('');
  });
  return (
    <section aria-label={viewTexts.saved} className="flex flex-col gap-1">
      <h2 className={legend}>{viewTexts.saved}</h2>
      {views.length === 0 ? <p className="px-1 text-sm text-muted">{viewTexts.none}</p> : null}
      {views.map((view) => (
        <div key={view.name} className="flex items-center">
          <button
            type="button"
            onClick={() => open(view)}
            className="min-w-0 flex-1 truncate rounded-lg px-1 py-1.5 text-left text-sm hover:bg-sunken"
          >
            {view.name}
          </button>
          <button
            type="button"
            aria-label={viewTexts.remove(view.name)}
            onClick={() =>
              changePreferences((before) => ({ views: before.views.filter((one) => one.name !== view.name) }))
            }
            className="rounded-lg p-1.5 text-muted hover:bg-sunken"
          >
            <Icon name="close" className="size-4" />
          </button>
        </div>
      ))}
      {views.length >= maxViews ? (
        <p className="px-1 text-sm text-muted">{viewTexts.full}</p>
      ) : (
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') void save.run();
          }}
        >
          <input
            value={name}
            maxLength={60}
            onChange={(event) => setName(event.target.value)}
            aria-label={viewTexts.name}
            placeholder={viewTexts.name}
            className="min-h-9 min-w-0 flex-1 rounded-lg border border-line bg-surface px-2.5 text-sm"
          />
          <Button type="submit" busy={save.isBusy} disabled={name.trim() === ''}>
            {viewTexts.save}
          </Button>
        </form>
      )}
      {save.error === null ? null : (
        <p role="alert" className="px-1 text-sm text-bad wrap-anywhere">
          {save.error}
        </p>
      )}
    </section>
  );
}
