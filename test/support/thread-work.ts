import { badRequest } from '../../src/lib/errors.ts';

/** Work for the tests of threads. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

export function refuse(sentence: string): never {
  throw badRequest(sentence);
}

export function spin(): never {
  for (;;) Math.sqrt(2);
}

export function hoard(): never {
  const kept: string[][] = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => `${index} of ${kept.length}`));
}

export function environment(): readonly string[] {
  return Object.keys(process.env);
}
