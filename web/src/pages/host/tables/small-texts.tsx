/** A detail that is cut where it is too long; all of it is in the title. */
export function Faint({ text }: { readonly text: string }) {
  return (
    <span className="block max-w-56 truncate text-muted" title={text}>
      {text}
    </span>
  );
}

/** An address: one of up to `whole` characters, as IPv4 has, stays on one line; longer ones break where they must. */
export function Address({ text, whole = 15 }: { readonly text: string; readonly whole?: number }) {
  return (
    <span className={`font-mono text-xs leading-5 ${text.length > whole ? 'break-all' : 'whitespace-nowrap'}`}>
      {text}
    </span>
  );
}
