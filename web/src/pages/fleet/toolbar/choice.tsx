const look =
  'min-h-9 min-w-0 max-w-44 max-sm:max-w-full max-sm:flex-1 max-sm:basis-[40%] rounded-lg border border-line bg-surface px-2.5 text-sm';

/** A choice among names, in one line. */
export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} className={look}>
      {options.map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}
