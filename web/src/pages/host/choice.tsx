/** One of a few, chosen in the head of a section. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      // Safe: the options are the record's own keys.
      onChange={(event) => onChange(event.target.value as Value)}
      className="max-w-40 rounded-lg border border-line bg-surface px-2 py-1 text-sm"
    >
      {Object.entries<string>(options).map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}
