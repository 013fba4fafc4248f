/** How the values of a unit are typed: as they are shown, not in base units. */
export type Typed = { readonly factor: number; readonly word: string };

const typed: Readonly<Record<string, Typed>> = {
  ratio: { factor: 100, word: '%' },
  bytes: { factor: 1 / 1024 ** 3, word: 'GiB' },
  bytes_per_second: { factor: 1 / 1024 ** 2, word: 'MiB/s' },
  celsius: { factor: 1, word: '°C' },
  seconds: { factor: 1, word: 's' },
  errs: { factor: 1, word: 'packets' },
  errs_per_second: { factor: 1, word: 'errors per second' },
  drop: { factor: 1, word: 'packets' },
  drop_per_second: { factor: 1, word: 'packets per second' },
};

export function typedUnit(unit: string): Typed {
  return typed[unit] ?? { factor: 1, word: unit.replaceAll('_', ' ') };
}

/** A value in base units as it is typed, without digits that nobody meant. */
export function toTyped(value: number, unit: string): string {
  return String(Number((value * typedUnit(unit).factor).toPrecision(6)));
}

/** A value in base units with its unit, as a sentence has it. */
export function toSaid(value: number, unit: string): string {
  const { factor, word } = typedUnit(unit);
  const size = value * factor;
  const digits = Math.abs(size) < 1 ? size.toPrecision(3) : size.toFixed(2);
  return `${Number(digits)}\u00a0${word}`.trim();
}

/** What was typed, in base units; null if it is no number. */
export function fromTyped(text: string, unit: string): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'));
  return Number.isFinite(value) ? Number((value / typedUnit(unit).factor).toPrecision(12)) : null;
}
