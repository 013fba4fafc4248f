import { type Change, type Differ, type End, plain } from '../differ.ts';
import { diffed, linesOf, settle } from '../lines.ts';

type Account = {
  readonly name: string;
  readonly uid: number;
  readonly canLogIn: boolean;
  readonly becomesRoot: readonly string[];
};
type Facts = {
  readonly accounts: readonly Account[];
  readonly sudoersFiles: readonly string[] | null;
  readonly leftOut?: object;
};

/**
 * Accounts, what lets them become root, and the files in /etc/sudoers.d. Where the folder may not be listed, its files stay as
 * they were.
 */
export const accounts: Differ<Facts> = {
  name: 'accounts',
  section: 'accounts',
  despite: ['not-permitted'],
  pick: (facts) => facts,
  print: ({ accounts: all, sudoersFiles, leftOut }) => {
    let text = leftOut === undefined ? '' : 'cut';
    for (const { name, uid, canLogIn, becomesRoot } of all)
      text += `${name} ${uid} ${canLogIn} ${becomesRoot.join()}\n`;
    return `${text}${sudoersFiles?.join('\n') ?? 'not listed'}`;
  },
  diff: (before, facts) => {
    if (facts.leftOut !== undefined) return null;
    const canLogIn = new Set(facts.accounts.filter((one) => one.canLogIn).map(({ name }) => plain(name, 64)));
    const files =
      facts.sudoersFiles?.map((path) => `file ${plain(path)}`) ??
      linesOf(before?.kept ?? '').filter((line) => line.startsWith('file '));
    const lines = [
      ...facts.accounts.map(({ name, uid }) => `account ${plain(name, 64)} ${uid}`),
      ...facts.accounts.flatMap(({ name, becomesRoot }) => becomesRoot.map((way) => `root ${plain(name, 64)} ${way}`)),
      ...files,
    ];
    // Files that were never listed before are not new.
    const isFirstList = facts.sudoersFiles !== null && before !== null && !before.kept.includes('listed ');
    const marker = facts.sudoersFiles === null ? markerOf(before) : ['listed sudoers.d'];
    const settled = settle(before, [...lines, ...marker], 1);
    const added = settled.added.filter((line) => !(isFirstList && line.startsWith('file ')));
    return diffed(
      settled,
      [
        ...added.flatMap((line) => changeOf(line, 'added', canLogIn)),
        ...settled.removed.flatMap((line) => changeOf(line, 'removed', canLogIn)),
      ],
      settled.removed.flatMap(endOf),
    );
  },
};

function markerOf(before: { readonly kept: string } | null): readonly string[] {
  return linesOf(before?.kept ?? '').filter((line) => line.startsWith('listed '));
}

function changeOf(line: string, change: 'added' | 'removed', canLogIn: ReadonlySet<string>): readonly Change[] {
  const isAdded = change === 'added';
  const [what = '', name = '', ...rest] = line.split(' ');
  if (what === 'account') {
    const login = canLogIn.has(name);
    const severity = isAdded && login ? 'warning' : 'info';
    const summary = isAdded
      ? `Account ${name} was added${login ? '' : ', which cannot log in'}`
      : `Account ${name} was removed`;
    const details = { account: name, uid: Number(rest[0]), canLogIn: login };
    return [{ kind: isAdded ? 'account-added' : 'account-removed', severity, summary, subject: name, details }];
  }
  const severity = isAdded ? 'warning' : 'info';
  if (what === 'root') {
    const way = rest.join(' ');
    const how = way === 'uid 0' ? 'its user ID is 0' : `it is in the ${way}`;
    const summary = isAdded ? `${name} may become root now: ${how}` : `${name} may no longer become root by ${way}`;
    return [{ kind: 'sudo-changed', severity, summary, subject: name, details: { change, account: name, way } }];
  }
  if (what !== 'file') return [];
  const file = line.slice('file '.length);
  const summary = isAdded ? `${file} was added: it may permit sudo` : `${file} was removed`;
  return [{ kind: 'sudo-changed', severity, summary, subject: file, details: { change, file } }];
}

function endOf(line: string): readonly End[] {
  const [what = '', name = ''] = line.split(' ');
  if (what === 'account') return [{ kind: 'account-added', subject: name }];
  if (what === 'root') return [{ kind: 'sudo-changed', subject: name }];
  return what === 'file' ? [{ kind: 'sudo-changed', subject: line.slice('file '.length) }] : [];
}
