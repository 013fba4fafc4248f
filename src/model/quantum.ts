/**
 * The quantum of a number: what it is rounded to where it is kept for long. A step is the size of equal steps; 0 stands for
 * 11 significant bits (an error of at most 0.05 %), for numbers that may be small or huge.
 *
 * A code is the whole number that is kept in place of a value; codes have the order of their values. Beyond 2^50 steps, equal
 * steps go over into 11 significant bits too, so that every finite number has a code and differences of codes are exact.
 */

/** The one table, by unit. What is not in it has 11 significant bits. */
const steps: Readonly<Record<string, number>> = {
  ratio: 0.0001,
  celsius: 0.1,
  bytes: 4_096,
  seconds: 0.001,
  '': 1,
};
const loadStep = 0.01;

/** The step of a metric's values; 0: 11 significant bits. */
export function stepOf(metric: string, unit: string): number {
  if (unit === '' && /^load(\d|_|$)/.test(metric)) return loadStep;
  return steps[unit] ?? 0;
}

/** The code of a value; NaN for what is no finite number. */
export function codeOf(value: number, step: number): number {
  if (!Number.isFinite(value)) return Number.NaN;
  // Adding 0 makes the negative zero, which has bits of its own, a plain one.
  if (step === 0) return (value < 0 ? -significant(-value) : significant(value + 0)) + 0;
  const code = (step < 1 ? Math.round(value * Math.round(1 / step)) : Math.round(value / step)) + 0;
  if (code <= mostSteps && code >= -mostSteps) return code;
  const beyond = mostSteps + significant(Math.abs(value)) - significant(mostSteps * step);
  return value < 0 ? -beyond : beyond;
}

/** The value of a code; NaN of NaN. */
export function numberOf(code: number, step: number): number {
  if (Number.isNaN(code)) return code;
  if (step === 0) return code < 0 ? -fromSignificant(-code) : fromSignificant(code);
  if (code <= mostSteps && code >= -mostSteps) return step < 1 ? code / Math.round(1 / step) : code * step;
  const size = fromSignificant(Math.abs(code) - mostSteps + significant(mostSteps * step));
  return code < 0 ? -size : size;
}

const mostSteps = 2 ** 50;
/** 2^-20 has the first code; what is smaller is 0. */
const base = (1_023 - 20) << 10;
const most = (0x7fefffff >>> 10) - base + 1;

const double = new Float64Array(1);
/** The halves of a double; the second has its sign, exponent, and 20 bits of its mantissa. Every system of Node is little-endian. */
const halves = new Uint32Array(double.buffer);

/** Of a number that is not negative: its exponent with ten more bits of its mantissa, rounded. */
function significant(value: number): number {
  double[0] = value;
  const code = (((halves[1] ?? 0) + 512) >>> 10) - base + 1;
  return code < 1 ? 0 : Math.min(code, most);
}

function fromSignificant(code: number): number {
  if (code === 0) return 0;
  halves[0] = 0;
  halves[1] = (Math.min(code, most) - 1 + base) << 10;
  return double[0] ?? 0;
}
