import { keysTexts } from '../../texts/shell.ts';
import { Dialog } from '../dialog.tsx';

/** Which keys do what. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={keysTexts.title} onClose={onClose}>
      {keysTexts.groups.map(({ heading, keys }) => (
        <section key={heading} aria-label={heading} className="flex flex-col gap-2">
          <h3 className="text-sm font-semibold">{heading}</h3>
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-sm">
            {keys.map(([names, what]) => (
              <div key={what} className="col-span-2 grid grid-cols-subgrid items-baseline">
                <dt className="flex flex-wrap gap-1">
                  {names.map((name) => (
                    <kbd key={name} className="rounded border border-line-strong px-1.5 font-mono text-xs">
                      {name}
                    </kbd>
                  ))}
                </dt>
                <dd className="text-muted">{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
