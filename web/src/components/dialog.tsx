import { type ReactNode, useId, useRef } from 'react';
import { texts } from '../texts/common.ts';
import { Icon } from './icon.tsx';
import { useModal } from './use-modal.ts';

/** A modal dialog: the browser's own, which keeps the focus (first on its first field), closes on Esc and hides the rest from screen readers. */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const body = useRef<HTMLDivElement>(null);
  useModal(ref, body);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it, by the browser
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
      className={`m-auto w-[calc(100vw-2rem)] rounded-2xl border border-line bg-surface p-0 text-text shadow-raised ${wide ? 'max-w-2xl' : 'max-w-md'}`}
    >
      <div className="flex flex-col gap-4 p-5">
        <div className="flex items-center justify-between gap-4">
          <h2 id={id} className="min-w-0 text-lg font-semibold wrap-anywhere">
            {title}
          </h2>
          <button
            type="button"
            aria-label={texts.close}
            onClick={onClose}
            className="rounded-lg p-1.5 text-muted hover:bg-sunken"
          >
            <Icon name="close" />
          </button>
        </div>
        <div ref={body} className="flex flex-col gap-4">
          {children}
        </div>
      </div>
    </dialog>
  );
}
