import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files of each group that take longest. A new one that takes more than half a minute belongs here. */
const longest = [
  'start-faults',
  'responsive',
  'jump',
  'failures',
  'back-off',
  'odd-servers',
  'faults',
  'least-privilege',
  'hosts',
  'own-network',
  'held-logins',
  'agent',
  'storage',
  'sealing',
  'fleet-scale',
  'fleet',
  'settings',
  'host-states',
  'shell',
];

/** Starts the longest files of a group first, so that nothing long is waited for at its end while a core is idle. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = Map.groupBy(sorted, ({ project }) => project.name);
    return [...projects.values()].flatMap((group) => group.toSorted((a, b) => rankOf(a) - rankOf(b)));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.indexOf(basename(moduleId, '.test.ts'));
  return rank < 0 ? longest.length : rank;
}
