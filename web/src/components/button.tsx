import type { ButtonHTMLAttributes } from 'react';

const looks = {
  // With forced colours it is the system's button turned around, so that it still stands out.
  primary:
    'bg-accent text-on-accent border-transparent hover:opacity-90 forced-colors:forced-color-adjust-none forced-colors:bg-[ButtonText] forced-colors:text-[ButtonFace]',
  plain: 'bg-surface text-text border-line hover:bg-sunken',
  quiet: 'border-transparent text-muted hover:bg-sunken hover:text-text',
  danger: 'bg-surface text-bad border-line hover:bg-bad-soft',
} as const;

/** How a button looks, for links that look like one. */
export function buttonClass(look: keyof typeof looks = 'plain', extra = ''): string {
  return `inline-flex min-h-9 items-center justify-center gap-2 whitespace-nowrap rounded-lg border px-3 max-[20rem]:whitespace-normal py-1.5 text-sm font-medium disabled:opacity-50 aria-disabled:opacity-50 ${looks[look]} ${extra}`;
}

/** A button. `busy` keeps it from being pressed twice and says so to screen readers; it keeps the focus meanwhile. */
export function Button({
  look = 'plain',
  busy = false,
  className = '',
  onClick,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly look?: keyof typeof looks; readonly busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy ? true : undefined}
      aria-busy={busy}
      // Of a button that sends a form, too: so Enter in a field sends nothing twice.
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={buttonClass(look, className)}
    />
  );
}
