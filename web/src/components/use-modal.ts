import { type RefObject, useLayoutEffect } from 'react';

const fields = 'input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)';
const controls = `${fields}, button:not(:disabled), a[href]`;

/**
 * Opens a dialog of the browser while it is there. Its first field has the focus, or else the first button in `body`, so that
 * one can type at once. Afterwards the focus is where it was; where that is gone, on the content of the page.
 */
export function useModal(dialog: RefObject<HTMLDialogElement | null>, body: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    const first =
      body.current?.querySelector<HTMLElement>(fields) ?? body.current?.querySelector<HTMLElement>(controls);
    first?.focus({ preventScroll: true });
    return () => {
      // Once the dialog is gone: as long as it is there, nothing outside of it can have the focus.
      queueMicrotask(() => {
        const isThere = before instanceof HTMLElement && before !== document.body && before.isConnected;
        (isThere ? before : document.getElementById('content'))?.focus({ preventScroll: true });
      });
    };
  }, [dialog, body]);
}
