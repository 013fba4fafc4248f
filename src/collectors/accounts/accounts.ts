import { type Collector, type SectionError, SectionFailure } from '../../model/collector.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { parts } from '../shared/text.ts';
import type { Account, AccountsFacts } from './facts.ts';
import { accountsSchema, accountsView } from './view.ts';

/** Groups whose members may become root, on the systems that have them: Debian, the Red Hat family and the BSDs, older Ubuntus. */
const rootGroups = ['sudo', 'wheel', 'admin'];

/**
 * Who has an account on a host, and who of them may become root. Source: /etc/passwd (passwd(5), without the field for
 * people's names), /etc/group (group(5)), and the names of the files in /etc/sudoers.d. What is in those files only root
 * may read, so Sonde does not. Accounts of a directory (LDAP, NIS) are in none of these files.
 */
export const accounts: Collector<AccountsFacts, 'accounts'> = {
  name: 'accounts',
  title: 'Accounts',
  files: [],
  shell: `[ "$O" = Darwin ] && { echo "@$n other"; return 0; }
echo "@$n passwd $(wc -l </etc/passwd)"
cut -d: -f1,3,4,7 /etc/passwd | head -n ${most.accounts}
echo "@$n group $(wc -l </etc/group)"
cut -d: -f1,3 /etc/group | head -n ${most.groups}
echo "@$n members"
grep -E '^(${rootGroups.join('|')}):' /etc/group | cut -c 1-100000
k=
echo "@$n sudoers"
for d in /etc/sudoers.d /usr/local/etc/sudoers.d; do
[ -d $d ] || continue
[ -r $d ] && [ -x $d ] || { k="$k $d"; continue; }
for f in $d/*; do [ -e "$f" ] && echo "$f"; done | head -n ${most.sudoersFiles + 1}
done
[ ! "$k" ] || echo "@$n refused$k"`,
  cadenceSeconds: 600,
  parse: ({ text }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    if (found.has('other')) throw directory;
    const passwd = found.get('passwd')?.lines ?? [];
    if (passwd.length === 0) throw new SectionFailure('not-installed', 'The host has no readable /etc/passwd');
    const groupIds = idsOf(found.get('group')?.lines ?? []);
    const members = membersOf(found.get('members')?.lines ?? []);
    const list = passwd.flatMap((line) => accountOf(line, groupIds, members));
    if (list.length === 0) throw new Error('/etc/passwd has no line that could be read');
    const kept = bounded(list, most.accounts);
    const groups = bounded([...groupIds.keys()], most.groups);
    const refused = found.get('refused')?.head;
    const files = bounded(
      (found.get('sudoers')?.lines ?? []).filter((line) => line.startsWith('/')),
      most.sudoersFiles,
    );
    return {
      source: '/etc/passwd, /etc/group',
      facts: {
        accounts: kept.kept,
        groups: groups.kept,
        sudoersFiles: refused === undefined ? files.kept : null,
        ...leftOut({
          accounts: kept.more + beyond(found.get('passwd')?.head, most.accounts),
          groups: groups.more + beyond(found.get('group')?.head, most.groups),
          sudoersFiles: refused === undefined ? files.more : 0,
        }),
      },
      ...(refused === undefined ? {} : { error: refusedFolders(refused) }),
    };
  },
  view: { schema: accountsSchema, of: accountsView },
  metrics: {
    accounts: { kind: 'gauge', unit: '', help: 'Accounts in /etc/passwd', read: (facts) => facts.accounts.length },
    root_accounts: {
      kind: 'gauge',
      unit: '',
      help: 'Accounts that are root or may become it through a group',
      read: (facts) => facts.accounts.filter((one) => one.becomesRoot.length > 0).length,
    },
  },
};

const directory = new SectionFailure(
  'not-installed',
  'macOS keeps its accounts in Open Directory, which Sonde does not read',
  'On the host itself: dscl . -list /Users; dscl . -read /Groups/admin GroupMembership.',
);

function refusedFolders(folders: string): SectionError {
  return {
    reason: 'not-permitted',
    message: `This login may not list ${folders.split(' ').join(' and ')}`,
    hint: 'As root on the host: chmod 755 on the folder lets everybody see the names of its files, not what is in them.',
  };
}

/** How many lines of a file were not sent. */
function beyond(total: string | undefined, sent: number): number {
  return /^\d{1,9}$/.test(total ?? '') ? Math.max(0, Number(total) - sent) : 0;
}

/** Name → number, of lines `sudo:27`. */
function idsOf(lines: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    lines.flatMap((line) => {
      const [name = '', id = ''] = line.split(':');
      return isName(name) && isId(id) ? [[name, Number(id)] as const] : [];
    }),
  );
}

/** Group → its members, of lines `sudo:x:27:ann,bob`. */
function membersOf(lines: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    lines.map((line) => {
      const [group = '', , , list = ''] = line.split(':');
      return [group, new Set(list.split(',').map((name) => name.trim()))];
    }),
  );
}

/** A line `ann:1000:1000:/bin/bash`. Lines that include a directory (`+::::`) and comments are no accounts. */
function accountOf(
  line: string,
  groupIds: ReadonlyMap<string, number>,
  members: ReadonlyMap<string, ReadonlySet<string>>,
): Account[] {
  const [name = '', uid = '', gid = '', shell = ''] = line.split(':');
  if (!isName(name) || !isId(uid)) return [];
  const groups = rootGroups.filter(
    (group) => members.get(group)?.has(name) || (isId(gid) && groupIds.get(group) === Number(gid)),
  );
  const becomesRoot = [...(Number(uid) === 0 ? ['uid 0'] : []), ...groups.map((group) => `group ${group}`)];
  return [{ name, uid: Number(uid), canLogIn: canLogIn(shell), becomesRoot }];
}

/** Without a shell it is /bin/sh. */
function canLogIn(shell: string): boolean {
  return !/\/(nologin|false|true|sync|shutdown|halt|git-shell|uucico)$/.test(shell.trim());
}

function isName(name: string): boolean {
  return name !== '' && !/^[+#\s-]/.test(name);
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}
