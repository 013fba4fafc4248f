import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, as they end with: begun last, they would be waited for alone. */
const longest = [
  'system/faults',
  'system/manners',
  'system/hosts',
  'system/sealing',
  'system/odd-servers',
  'system/jump',
  'system/failures',
  'system/least-privilege',
  'browser/fleet',
  'browser/hosts',
  'browser/settings',
];

/** Begins with the longest files. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
