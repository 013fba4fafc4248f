import { useQuery } from '@tanstack/react-query';
import { createContext, useMemo } from 'react';
import type { SectionText } from '../../../../../src/http/views/sections.ts';
import { sectionsQuery } from '../../../api/queries.ts';
import type { Snapshot } from '../snapshot.ts';

/** A section that misses what only root may read. */
export type Lacking = { readonly name: string; readonly title: string; readonly message: string };

/** The sections of a host that miss what only root may read, in their order. */
export function lackingRoot(
  descriptions: readonly Pick<SectionText, 'name' | 'title' | 'asRoot'>[],
  sections: Snapshot['sections'],
): readonly Lacking[] {
  return descriptions.flatMap(({ name, title, asRoot }) => {
    const error = sections[name]?.error;
    return error?.reason === 'not-permitted' && asRoot.length > 0 ? [{ name, title, message: error.message }] : [];
  });
}

/** What the sections of a host know of those of them that lack root. */
export type RootLack = {
  /** The names of those, with whether several have the same message, so that it is said once for all. */
  readonly names: ReadonlyMap<string, boolean>;
  /** Whether the page says, once for all, how to permit them. It does not while the numbers are old. */
  readonly isExplained: boolean;
};

export const LacksRoot = createContext<RootLack>({ names: new Map(), isExplained: false });

/** What a host's snapshot lacks, and the names of these sections. */
export function useLackingRoot({ sections }: Snapshot) {
  const { data = none } = useQuery(sectionsQuery);
  return useMemo(() => {
    const lacking = lackingRoot(data, sections);
    return { lacking, names: sharingMessages(lacking) };
  }, [data, sections]);
}

/** By name, whether another one has the same message: that sudo refuses, for example. */
export function sharingMessages(lacking: readonly Lacking[]): ReadonlyMap<string, boolean> {
  return new Map(
    lacking.map(({ name, message }) => [name, lacking.some((one) => one.name !== name && one.message === message)]),
  );
}

const none: readonly SectionText[] = [];
