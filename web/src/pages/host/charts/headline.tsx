/** The number of a section as it is now, with what belongs to it. */
export function Headline({ value, text }: { readonly value: string; readonly text: string }) {
  return (
    <p className="flex flex-wrap items-baseline gap-x-3">
      <span className="numbers text-xl font-semibold">{value}</span>
      <span className="numbers text-sm text-muted">{text}</span>
    </p>
  );
}
