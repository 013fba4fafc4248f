/** How many bytes a number takes at most: a sign, `0.`, five zeros, and 17 digits. */
export const longestNumber = 25;

const [dot, minus, zero] = [0x2e, 0x2d, 0x30];

/** The shortest decimal that is exactly this number. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/** Writes what `numberText` says, and returns where it ends. Nearly all numbers are written without a string. */
export function writeNumber(bytes: Buffer, at: number, value: number): number {
  if (Number.isSafeInteger(value)) {
    if (value >= 0) return writeWhole(bytes, at, value);
    bytes[at] = minus;
    return writeWhole(bytes, at + 1, -value);
  }
  const thousandths = Math.round(value * 1_000);
  // A decimal of up to 15 digits is the shortest one of its number, since no other of so many digits means the same number.
  if (thousandths > 0 && thousandths < 1e15 && thousandths / 1_000 === value)
    return writeThousandths(bytes, at, thousandths);
  return at + bytes.write(numberText(value), at, 'latin1');
}

/** `value` is not a multiple of 1,000. */
function writeThousandths(bytes: Buffer, at: number, value: number): number {
  const whole = Math.floor(value / 1_000);
  let part = value - whole * 1_000;
  let digits = 3;
  for (; part % 10 === 0; part /= 10) digits -= 1;
  const begin = writeWhole(bytes, at, whole);
  bytes[begin] = dot;
  return writeDigits(bytes, begin + 1, part, digits);
}

/** A safe integer from 0. */
function writeWhole(bytes: Buffer, at: number, value: number): number {
  if (value < 1e9) return writeDigits(bytes, at, value, digitsOf(value));
  const high = Math.floor(value / 1e9);
  return writeDigits(bytes, writeDigits(bytes, at, high, digitsOf(high)), value - high * 1e9, 9);
}

/** How many digits an integer below a thousand million has. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; bound <= value; bound *= 10) digits += 1;
  return digits;
}

/** The last digits of an integer below a thousand million. */
function writeDigits(bytes: Buffer, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let place = at + digits - 1; place >= at; place -= 1) {
    const tenth = (rest / 10) | 0;
    bytes[place] = zero + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}
