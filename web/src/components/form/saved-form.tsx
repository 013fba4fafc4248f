import { type ReactNode, useState } from 'react';
import { Notice } from '../notice.tsx';
import { Form } from './form.tsx';
import { useAction } from './use-action.ts';

/** A form of settings: it stays as it is when it was saved, and says so until something is changed. */
export function SavedForm({
  save,
  submit,
  saved,
  children,
}: {
  readonly save: (form: HTMLFormElement) => Promise<void>;
  /** The words of the button. */
  readonly submit: string;
  /** What is said once it is saved. */
  readonly saved: string;
  readonly children: ReactNode;
}) {
  const [isSaved, setIsSaved] = useState(false);
  const action = useAction(async (form: HTMLFormElement) => {
    setIsSaved(false);
    await save(form);
    setIsSaved(true);
  });
  return (
    <Form
      action={action}
      submit={submit}
      onChange={() => setIsSaved(false)}
      after={isSaved ? <Notice kind="good">{saved}</Notice> : null}
    >
      {children}
    </Form>
  );
}
