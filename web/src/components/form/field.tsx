import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';

const box =
  'w-full min-h-9 rounded-lg border border-line-strong bg-surface px-3 py-1.5 text-base sm:text-sm text-text disabled:opacity-60';

type About = { readonly label: string; readonly hint?: ReactNode; readonly error?: string | null };

function Labelled({ label, hint, error, children }: About & { readonly children: (ids: Ids) => ReactNode }) {
  const id = useId();
  const about = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter((one) => one !== '').join(' ');
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': about === '' ? undefined : about, 'aria-invalid': error ? true : undefined })}
      {hint ? (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-sm text-bad">
          {error}
        </p>
      ) : null}
    </div>
  );
}

type Ids = {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
};

/** A labelled line of text. */
export function TextField({
  label,
  hint,
  error,
  className = '',
  ...rest
}: About & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Labelled label={label} hint={hint} error={error ?? null}>
      {(ids) => <input {...rest} {...ids} className={`${box} ${className}`} />}
    </Labelled>
  );
}

/** A labelled text of several lines. */
export function TextArea({ label, hint, error, ...rest }: About & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Labelled label={label} hint={hint} error={error ?? null}>
      {(ids) => <textarea {...rest} {...ids} className={`${box} font-mono text-xs sm:text-xs`} />}
    </Labelled>
  );
}

/** A labelled choice among few. */
export function Select({ label, hint, error, ...rest }: About & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Labelled label={label} hint={hint} error={error ?? null}>
      {(ids) => <select {...rest} {...ids} className={box} />}
    </Labelled>
  );
}

/** Something that is on or off. */
export function Checkbox({
  label,
  hint,
  ...rest
}: Omit<About, 'error'> & Omit<InputHTMLAttributes<HTMLInputElement>, 'type'>) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-1 size-4 accent-accent"
      />
      <div>
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-xs text-muted">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
