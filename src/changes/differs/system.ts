import { type Change, type Differ, type End, plain } from '../differ.ts';
import { diffed, linesOf, settle } from '../lines.ts';

type Facts = {
  readonly hostname: string | null;
  readonly kernel: string | null;
  readonly os: string | null;
  readonly rebootRequired?: boolean;
};

const names = ['hostname', 'kernel', 'os'] as const;
const words = { hostname: 'Its name', kernel: 'The kernel', os: 'The system' };
const waiting = 'reboot required';

/** Kernel, operating system, name, and whether an update waits for a restart. What the host does not tell stays as it was. */
export const system: Differ<Facts> = {
  name: 'system',
  section: 'system',
  despite: [],
  pick: (facts) => facts,
  diff: (before, facts) => {
    const known = linesOf(before?.kept ?? '');
    const lines = names.flatMap((name) => {
      const value = facts[name];
      if (value !== null) return [`${name} ${plain(value)}`];
      return known.filter((line) => line.startsWith(`${name} `));
    });
    const settled = settle(before, facts.rebootRequired === true ? [...lines, waiting] : lines, 1);
    const ends: End[] = settled.removed.includes(waiting) ? [{ kind: 'reboot-required', subject: 'restart' }] : [];
    return diffed(
      settled,
      settled.added.flatMap((line) => changeOf(line, settled.removed)),
      ends,
    );
  },
};

function changeOf(line: string, removed: readonly string[]): readonly Change[] {
  if (line === waiting) {
    const summary = 'An update waits for a restart';
    return [{ kind: 'reboot-required', severity: 'info', summary, subject: 'restart', details: {} }];
  }
  const name = names.find((one) => line.startsWith(`${one} `));
  const was = removed.find((one) => one.startsWith(`${name} `));
  // What was not known before is not a change.
  if (name === undefined || was === undefined) return [];
  const [to, from] = [line.slice(name.length + 1), was.slice(name.length + 1)];
  const summary = `${words[name]} is ${to}; it was ${from}`;
  return [{ kind: `${name}-changed`, severity: 'info', summary, subject: name, details: { from, to } }];
}
