import type { Collector } from '../../model/collector.ts';
import { SectionFailure } from '../../model/collector.ts';
import type { NodeExport } from '../../model/export/node.ts';

/** A collector that is only asked while an export wants the host: all that it reads becomes series. */
export function exportCollector<Name extends string>(
  one: Pick<Collector<null, Name>, 'name' | 'title' | 'shell' | 'cadenceSeconds'> & {
    readonly node: readonly NodeExport<null>[];
    /** Why a host has nothing of it, by what its shell printed; undefined: it has. */
    readonly missing?: (text: string) => SectionFailure | undefined;
  },
): Collector<null, Name> {
  const { missing, ...rest } = one;
  return {
    ...rest,
    files: [],
    parse: ({ text }) => {
      const why = missing?.(text ?? '');
      if (why !== undefined) throw why;
      return { source: one.name, facts: null };
    },
    metrics: {},
    forExport: true,
  };
}

/** The failure of a section whose tool or files a host does not have. */
export function notThere(message: string, hint = ''): SectionFailure {
  return new SectionFailure('not-installed', message, hint);
}
