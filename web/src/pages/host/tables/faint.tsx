/** A detail that is cut where it is too long; all of it is in the title. */
export function Faint({ text }: { readonly text: string }) {
  return (
    <span className="block max-w-56 truncate text-muted" title={text}>
      {text}
    </span>
  );
}
