import type { LongReading, LongSection } from '../../collectors/long-section.ts';
import { RequestError } from '../../lib/errors.ts';
import { ThreadLimitError, Threads } from '../../lib/threads.ts';
import { type Reading, SectionFailure } from '../../model/collector.ts';

const module = new URL('../../collectors/long-section.ts', import.meta.url);

/** Many times what the longest section takes, with the start of a thread and the wait for others: for busy or slow machines. */
const timeoutMs = 30_000;

let threads: Threads | undefined;

/**
 * Reads a long section in a thread, as `parse` of its collector would. Throws what that throws; and a {@link SectionFailure},
 * too-large, if it takes too much time or memory, or if too many others wait.
 */
export async function readLongSection(section: LongSection): Promise<Reading<unknown>> {
  // Made when the first one is long: most Sondes never see one. Its threads end when they are idle.
  threads ??= new Threads({ maxThreads: 2, maxQueue: 50, memoryMb: 256 });
  let answer: LongReading;
  try {
    answer = await threads.run<LongReading>(module, 'readLongSection', section, { timeoutMs });
  } catch (error) {
    if (error instanceof ThreadLimitError || error instanceof RequestError) throw tooMuch();
    throw error;
  }
  if ('reading' in answer) return answer.reading;
  if ('failed' in answer) {
    const { reason, message, hint } = answer.failed;
    throw new SectionFailure(reason, message, hint);
  }
  throw new Error(answer.message);
}

function tooMuch(): SectionFailure {
  return new SectionFailure(
    'too-large',
    'This section took Sonde too long to read',
    'It is read again when it is due. If this lasts, see whether the machine that Sonde runs on is busy.',
  );
}
