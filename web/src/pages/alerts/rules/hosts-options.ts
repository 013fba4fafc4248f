import { foldName } from '../../../../../src/model/names.ts';
import type { TickOption } from '../../../components/form/tick-options.ts';

/** Names to be ticked, each once and in order. */
export function nameOptions(names: readonly string[]): readonly TickOption<string>[] {
  return [...new Set(names)]
    .filter((name) => name !== '')
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => ({ key: name, name, folded: foldName(name) }));
}

/** A folder and those that it is in, the outermost first: `a/b` is in `a`, and so is `a / b`. */
export function foldersOf(folder: string): readonly string[] {
  const outer = [...folder.matchAll(/ ?\//g)].map(({ index }) => folder.slice(0, index));
  return [...outer, folder].filter((name) => name !== '');
}
