import type { ReactNode } from 'react';
import { request } from '../../api/http.ts';
import { texts } from '../../texts/common.ts';
import { Button } from '../button.tsx';
import { Confirm } from '../form/confirm.tsx';
import { useAction } from '../form/use-action.ts';
import { Notice } from '../notice.tsx';

/** How a service is: `tone` is the class of its color. */
export type ServiceState = { readonly text: string; readonly tone: string };

export type ServiceCardWords = {
  readonly cannotOpen: string;
  readonly refusedHint: string;
  readonly turnOn: string;
  readonly turnOff: string;
  readonly removeText: string;
};

/**
 * Something that Sonde sends to, with how it goes, and what can be done with it. `address`: of it in the API. `error`: what it said
 * last, if that was no success. `isOpen`: its settings can be opened with this sealing key. `test`: the button for a test.
 */
export function ServiceCard({
  name,
  kind,
  state,
  about,
  error,
  isRefused,
  isOpen,
  enabled,
  address,
  words,
  test,
  numbers,
  more,
  onEdit,
  onChanged,
}: {
  readonly name: string;
  readonly kind: string;
  readonly state: ServiceState;
  readonly about: ReactNode;
  readonly error: string | null;
  readonly isRefused: boolean;
  readonly isOpen: boolean;
  readonly enabled: boolean;
  readonly address: string;
  readonly words: ServiceCardWords;
  readonly test: ReactNode;
  readonly numbers?: ReactNode;
  readonly more?: ReactNode;
  readonly onEdit: () => void;
  readonly onChanged: () => Promise<unknown>;
}) {
  const toggle = useAction(async () => {
    await request('PUT', address, { enabled: !enabled });
    await onChanged();
  });
  return (
    <article aria-label={name} className="flex h-full flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="min-w-0 font-semibold wrap-anywhere">{name}</h2>
        <span className="text-sm text-muted">{kind}</span>
        <span className={`text-sm font-medium sm:ml-auto ${state.tone}`}>{state.text}</span>
      </div>
      <p className="text-sm text-muted wrap-anywhere">{about}</p>
      {isOpen ? null : <Notice kind="bad">{words.cannotOpen}</Notice>}
      {error === null ? null : (
        <Notice kind={isRefused ? 'bad' : 'warn'}>
          <p className="wrap-anywhere">{error}</p>
          {isRefused ? <p>{words.refusedHint}</p> : null}
        </Notice>
      )}
      {numbers}
      {toggle.error ? <Notice kind="bad">{toggle.error}</Notice> : null}
      <div className="mt-auto flex flex-wrap gap-2">
        {test}
        <Button onClick={onEdit}>{texts.edit}</Button>
        <Button busy={toggle.isBusy} onClick={() => void toggle.run()}>
          {enabled ? words.turnOff : words.turnOn}
        </Button>
        <Confirm
          label={texts.remove}
          title={`${texts.remove}: ${name}`}
          text={words.removeText}
          onConfirm={async () => {
            await request('DELETE', address);
            await onChanged();
          }}
        />
      </div>
      {more}
    </article>
  );
}
