import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files of each group that take longest, the longest first. A new one that takes more than a quarter of a minute belongs here. */
const longest = [
  'responsive',
  'start-faults',
  'sealing',
  'odd-servers',
  'held-logins',
  'back-off',
  'jump',
  'hosts',
  'failures',
  'least-privilege',
  'process',
  'keys',
  'faults',
  'storage',
  'own-network',
  'told',
  'agent',
  'clocks',
  'host-certificates',
  'remote-write',
  'host-keys',
  'proxy',
  'node-mixin',
  'no-registry',
  'silent',
  'import',
  'limits',
  'sudo',
  'backup',
  'login',
  'systemd',
  'fleet-scale',
  'settings',
  'shell',
  'host-states',
  'fleet',
  'history',
  'alerts',
  'phone',
  'first-start',
  'release',
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
