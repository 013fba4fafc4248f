/** The number of a section as it is now, with what belongs to it. */
export function Headline({ value, text }: { readonly value: string; readonly text: string }) {
  return (
    <p className="flex flex-wrap items-baseline gap-x-3">
      <span className="numbers text-xl font-semibold">{value}</span>
      <span className="numbers min-w-0 break-words text-sm text-muted">{text}</span>
    </p>
  );
}

/** What belongs to a chart whose numbers are in the line of numbers, on one line. */
export function Detail({ text }: { readonly text: string }) {
  return (
    <p className="numbers min-h-4 truncate text-xs text-muted" title={text}>
      {text}
    </p>
  );
}
