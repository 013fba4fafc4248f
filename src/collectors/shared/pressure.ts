import Type from 'typebox';
import { nullable, number, numberOrNull } from '../../lib/schema.ts';

/** The schema of {@link Pressure} in the API. */
export const pressureSchema = nullable(
  Type.Object(
    { some10: number, full10: numberOrNull },
    { description: 'Share of the last 10 s in which something waited, 0…1' },
  ),
);
