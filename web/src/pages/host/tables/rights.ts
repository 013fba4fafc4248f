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

/**
 * The names of those, for how to permit them is said once for all, and not in each; with whether several have the same
 * message, so that it is said there too.
 */
export const LacksRoot = createContext<ReadonlyMap<string, boolean>>(new Map());

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
