import { useState } from 'react';
import { texts } from '../../texts/common.ts';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { Notice } from '../notice.tsx';
import { useAction } from './use-action.ts';

/** A button for what cannot be undone: asks first, and stays open when it goes wrong. */
export function Confirm({
  label,
  title,
  text,
  onConfirm,
}: {
  readonly label: string;
  readonly title: string;
  readonly text: string;
  readonly onConfirm: () => Promise<unknown>;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const { run, isBusy, error } = useAction(async () => {
    await onConfirm();
    setIsOpen(false);
  });
  return (
    <>
      <Button look="danger" onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      {isOpen ? (
        <Dialog title={title} onClose={() => setIsOpen(false)}>
          <p className="text-sm">{text}</p>
          {error ? <Notice kind="bad">{error}</Notice> : null}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setIsOpen(false)}>{texts.cancel}</Button>
            <Button look="danger" busy={isBusy} onClick={() => void run()}>
              {label}
            </Button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
