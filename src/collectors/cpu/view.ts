import Type from 'typebox';
import { percent } from '../../lib/scale.ts';
import { count, countOrNull, nullable, number, percentOrNull, text } from '../../lib/schema.ts';
import { pressureSchema } from '../shared/pressure.ts';
import type { CpuFacts, CpuShare } from './facts.ts';

export const cpuSchema = Type.Object({
  percent: percentOrNull,
  cores: countOrNull,
  load: nullable(Type.Array(number, { minItems: 3, maxItems: 3, description: 'Of 1, 5 and 15 minutes' })),
  breakdown: nullable(Type.Record(text, percentOrNull)),
  perCore: Type.Array(Type.Object({ core: count, percent: percentOrNull })),
  pressure: pressureSchema,
});

export function cpuView(facts: CpuFacts | null) {
  return {
    percent: percent(facts?.total?.busy),
    cores: facts?.cores ?? null,
    load: facts?.load ?? null,
    breakdown: facts?.total ? shares(facts.total) : null,
    perCore: facts?.perCore.map(({ core, share }) => ({ core, percent: percent(share?.busy) })) ?? [],
    pressure: facts?.pressure ?? null,
  };
}

function shares(share: CpuShare): Record<string, number | null> {
  return Object.fromEntries(Object.entries(share).map(([name, ratio]) => [name, percent(ratio)]));
}
