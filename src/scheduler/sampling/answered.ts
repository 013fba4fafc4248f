import { notInForced } from '../../collectors/sampler/forced.ts';
import type { Answer } from '../../collectors/sampler/sampler.ts';
import type { Collector, SectionError } from '../../model/collector.ts';

/** A collector of any section. Nothing but its own facts is ever given to it. */
export type AnyCollector = Collector<never>;

/** What an answer has for one collector. */
export type Answered = {
  readonly collector: AnyCollector;
  /** What its shell printed; undefined: nothing. */
  readonly text: string | undefined;
  /** Why it printed nothing although it was asked. */
  readonly fault: SectionError | null;
  /** Whether its shell had its turn, with whatever result. */
  readonly hadTurn: boolean;
};

/**
 * Assigns the parts of an answer to the collectors that it is for, in their order. Of the sections that are missing at the
 * end of a cut answer, the first one hung; those after it were never reached and are asked again with the next sample.
 *
 * `asked` are the names of the sections that were requested, `isKnown` whether the host's sampler has a section.
 */
export function answered(
  { sections, tooLarge, areFilesTooLarge }: Pick<Answer, 'sections' | 'tooLarge' | 'areFilesTooLarge'>,
  collectors: readonly AnyCollector[],
  asked: readonly string[],
  isKnown: (name: string) => boolean,
): readonly Answered[] {
  let hungFound = false;
  const faultOf = ({ name, files }: AnyCollector): SectionError | null => {
    if (areFilesTooLarge && files.length > 0) return filesTooLarge;
    if (tooLarge.has(name)) return largeError;
    if (!asked.includes(name) || sections.has(name)) return null;
    if (!isKnown(name)) return notInForced;
    if (hungFound) return null;
    hungFound = true;
    return hungError;
  };
  return collectors.flatMap((collector) => {
    const text = sections.get(collector.name);
    const fault = faultOf(collector);
    const hadTurn = text !== undefined || fault !== null;
    return collector.files.length === 0 && !hadTurn ? [] : [{ collector, text, fault, hadTurn }];
  });
}

const hungError: SectionError = {
  reason: 'timed-out',
  message: 'The host did not finish this section in time',
  hint: 'It is left out for a while and then tried again.',
};

const largeError: SectionError = {
  reason: 'too-large',
  message: 'This section is longer than 4 MB or 100,000 lines and was not read',
  hint: '',
};

/** The fault of every section that has files, where a host sent more of them than are read. */
export const filesTooLarge: SectionError = {
  reason: 'too-large',
  message: 'The files that Sonde reads of this host are longer than 4 MB or 50,000 lines in total and were not read',
  hint: '',
};
