import type { FormEventHandler, ReactNode } from 'react';
import { texts } from '../../texts/common.ts';
import { Button } from '../button.tsx';
import { Notice } from '../notice.tsx';

/** What a form does when it is sent: the result of `useAction`. */
export type FormAction = {
  readonly run: (form: HTMLFormElement) => unknown;
  readonly isBusy: boolean;
  readonly error: string | null;
};

/** Fields, what went wrong, and the button that sends them. With `onCancel` also a button that does not, as in a dialog. */
export function Form({
  action,
  submit,
  look = 'primary',
  onCancel,
  onChange,
  isWide = false,
  className = '',
  children,
  after,
}: {
  readonly action: FormAction;
  /** The words of the button. */
  readonly submit: string;
  readonly look?: 'primary' | 'danger';
  readonly onCancel?: () => void;
  readonly onChange?: FormEventHandler;
  /** Whether the button is as wide as the fields. */
  readonly isWide?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
  /** Shown below the fields and the error, above the button. */
  readonly after?: ReactNode;
}) {
  const send = (
    <Button type="submit" look={look} busy={action.isBusy} className={isWide ? 'w-full' : ''}>
      {submit}
    </Button>
  );
  return (
    <form
      className={`flex flex-col gap-4 ${className}`}
      onChange={onChange}
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(event.currentTarget);
      }}
    >
      {children}
      {action.error ? <Notice kind="bad">{action.error}</Notice> : null}
      {after}
      {onCancel ? (
        <div className="flex justify-end gap-2">
          <Button onClick={onCancel}>{texts.cancel}</Button>
          {send}
        </div>
      ) : (
        <div>{send}</div>
      )}
    </form>
  );
}
