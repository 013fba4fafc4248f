const looks = {
  /** Beside others, above what they choose from. */
  bar: 'min-h-9 min-w-0 max-w-44 max-sm:max-w-full max-sm:flex-1 max-sm:basis-[40%] rounded-lg border border-line bg-surface px-2.5 text-sm',
  /** In the head of a section. */
  section: 'max-w-40 rounded-lg border border-line bg-surface px-2 py-1 text-sm',
  /** Within a sentence. */
  sentence: 'min-h-9 min-w-0 max-w-full rounded-lg border border-line-strong bg-surface px-2 text-base sm:text-sm',
} as const;

/** One of a few, in one line: each with the words for it. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  look = 'bar',
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly look?: keyof typeof looks;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const found = options.find(([one]) => one === event.target.value);
        if (found) onChange(found[0]);
      }}
      className={looks[look]}
    >
      {options.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** The options that a record of words has, in its order. */
export function optionsOf<Value extends string>(
  words: Readonly<Record<Value, string>>,
): readonly (readonly [Value, string])[] {
  // Safe: the words have these keys and no others.
  return Object.entries(words) as unknown as readonly (readonly [Value, string])[];
}
