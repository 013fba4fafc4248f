import type { Collector } from '../../model/collector.ts';
import { bsdShell } from '../shared/bsd.ts';
import { pageSizeShell } from '../shared/pages.ts';
import { isWithin, linesWithin, mostOf } from './size.ts';
import { hearSudo, readRefusal, runAsRoot, type SudoRefusal } from './sudo.ts';

/** The names of all sections and the numbers of twenty processes take a quarter of it. */
const maxRequestCharacters = 2_000;

/**
 * The program that is sent to a host's `sh`: it reads one request per line, `NONCE SECTION[=NUMBER,NUMBER…] …`, of
 * which one word may be {@link exportWord}, and answers
 *
 *     @@NONCE begin UPTIME
 *     …the size of a page as pagesize:BYTES (pages.ts); the lines of all files, each after its path; the shell's own
 *     /proc/PID/stat last; on systems other than Linux the replacements for them (bsd.ts), and no UPTIME…
 *     @@NONCE sudo KIND COMMAND SAID   for each command that sudo refused (sudo.ts)
 *     @@NONCE section NAME
 *     …what the collector's shell printed, its headings as `@NONCE HEADING`…
 *     @@NONCE large NAME            instead, if that is too long to send
 *     @@NONCE end
 *
 * Everything before the ready mark and outside of a frame is noise of the host. Each request has a new nonce, which
 * appears in no command line and no environment and so never leaves the shell's memory: nothing that a host's users can
 * write is taken for a mark. `say` uses `printf` where that is a builtin; in mksh and OpenBSD's sh it is not. POSIX sh;
 * tested on dash, bash, BusyBox ash. It is one compound command, so that the shell has read all of it before it runs any
 * of it. A sampler in authorized_keys answers its first line, a comment (forced.ts).
 */
export function samplerProgram(
  collectors: readonly Collector<never>[],
  options: { readonly readyToken: string; readonly sudo: boolean; readonly denied?: readonly string[] },
): string {
  const { readyToken, sudo, denied = [] } = options;
  const known = denied.map((command) => ` ${command}`).join('');
  return `${helloWord} ${readyToken} ${sudo ? `1${known}` : 0}
{
${samplerStart(collectors)}
${sudo ? `${useSudo}\nD='${known} '` : ''}
say '
@@ready ${readyToken}'
while read -r n l; do
${samplerAnswer(collectors)}
done
exit 0
}
`;
}

/**
 * Begins the line that gives a sampler its ready token, whether to use sudo, and for which commands not to; for `sh` it
 * is a comment.
 */
export const helloWord = '#@@hello';

/** In a request it stands for what only an export wants: more files, and more of some sections (`$E`). */
export const exportWord = 'node';

/** Makes the commands that need root run with sudo. */
export const useSudo = '[ "$I" = 0 ] || S=root';

/** The sampler's setup: its environment, and a function for each section. `$K` lists the sections' names. */
export function samplerStart(collectors: readonly Collector<never>[]): string {
  const asked = collectors.filter((collector) => collector.shell !== null);
  return `exec 2>/dev/null
unalias -a
IFS=' 	
'
set +eu
set +a
set +f
LC_ALL=C
PATH=\${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset GREP_OPTIONS GREP_COLORS GREP_COLOR
I=$(id -u </dev/null)
say() { printf '%s\\n' "$1"; }
case $(type printf) in *builtin*) ;; *) say() { print -r - "$1"; } ;; esac
T=
timeout -k 1 1 true </dev/null && T='timeout -k 1 3'
S=
${runAsRoot}
${bsdShell}
${pageSizeShell}
K='${asked.map(({ name }) => name).join(' ')}'
${asked.map(({ name, shell }) => `s_${name}() {\n${shell}\n}`).join('\n')}`;
}

/**
 * Answers the line `$n $l` if it is a request: a nonce of 24 hex digits and names of known sections. Skips any other
 * line. Input is only ever compared and printed; characters that a shell could interpret are rejected.
 * The files go straight to the output: a shell that holds them first reads them in small pieces, which was a third of what a sample
 * cost.
 */
export function samplerAnswer(collectors: readonly Collector<never>[]): string {
  const files = new Set(collectors.flatMap((collector) => collector.files));
  const wanted = collectors.flatMap(({ node = [] }) => node.flatMap((one) => one.files ?? []));
  const more = new Set(wanted.filter((file) => !files.has(file)));
  return `[ \${#n} = 24 ] && [ \${#l} -le ${maxRequestCharacters} ] || continue
case $n in *[!0123456789abcdef]*) continue ;; esac
case $l in *[!0123456789abcdefghijklmnopqrstuvwxyz_=,\\ ]*) continue ;; esac
u= E= m=
case " $l " in *' ${exportWord} '*) E=1 m='-e ^domain ${[...more].join(' ')}' ;; esac
case $O in
Linux)
read -r u x </proc/uptime
say "
@@$n begin $u\${P:+
pagesize:$P}"
grep -sv -e '^intr' $m ${[...files].join(' ')} /proc/$$/stat </dev/null ;;
*) say "
@@$n begin $u
$(others </dev/null)" ;;
esac
for s in $l; do
case $s in *=*) a=$(printf %s "\${s#*=}" | tr , ' ') s=\${s%%=*} ;; *) a= ;; esac
case $a in *[!0123456789\\ ]*) continue ;; esac
case " $K " in *" $s "*) ;; *) continue ;; esac
o=$(s_$s "$a" </dev/null)
${hearSudo}
if [ \${#o} -gt ${mostOf.section.characters} ]; then say "@@$n large $s"
else say "@@$n section $s
$o"
fi
done
say "@@$n end"`;
}

/**
 * A host's answer, split into its parts. `sections` contains only those that were printed; one that hung is missing. In
 * their texts only headings begin with `@`: other such lines were indented with a space.
 */
export type Answer = {
  /** Zero if the host did not report it. */
  readonly uptimeSeconds: number;
  readonly files: string;
  /** Whether there were more files than are read; then `files` is empty. */
  readonly areFilesTooLarge: boolean;
  readonly sections: ReadonlyMap<string, string>;
  /** Names of the sections that were too long to send, or are longer than is read. */
  readonly tooLarge: ReadonlySet<string>;
  /** Commands that sudo refused. */
  readonly sudo: readonly SudoRefusal[];
};

/**
 * Splits the text of one frame, from its begin mark to its end (or to where it was cut off). Throws if there is no
 * begin mark.
 */
export function parseAnswer(text: string, nonce: string): Answer {
  const begin = `@@${nonce} begin `;
  const start = text.lastIndexOf(`\n${begin}`) + 1;
  if (!text.startsWith(begin, start)) throw new Error('the answer has no beginning');
  const [head = '', ...rest] = text.slice(start + begin.length).split(`\n@@${nonce} `, mostOf.parts);
  const lineEnd = head.indexOf('\n');
  const files = lineEnd < 0 ? '' : head.slice(lineEnd + 1);
  const areFilesTooLarge = !isWithin(files, mostOf.files);
  const left = { ...mostOf.section };
  const sections = new Map<string, string>();
  const tooLarge = new Set<string>();
  const sudo: SudoRefusal[] = [];
  for (const part of rest) {
    if (part.startsWith('large ')) tooLarge.add(part.slice('large '.length).trim());
    const refusal = part.startsWith('sudo ')
      ? readRefusal(part.slice('sudo '.length, longestRefusal).split('\n', 1)[0] ?? '')
      : null;
    if (refusal !== null) sudo.push(refusal);
    if (!part.startsWith('section ')) continue;
    const end = part.indexOf('\n');
    if (end < 0) continue;
    const name = part.slice('section '.length, end);
    // All sections together may have as many lines as one.
    const lines = text.length <= left.lines ? 0 : linesWithin(part, left);
    if (lines === null) tooLarge.add(name);
    else {
      left.lines -= lines;
      sections.set(name, withHeadings(part.slice(end + 1), nonce));
    }
  }
  return {
    uptimeSeconds: Number(lineEnd < 0 ? head : head.slice(0, lineEnd)),
    files: areFilesTooLarge ? '' : files,
    areFilesTooLarge,
    sections,
    tooLarge,
    sudo,
  };
}

const longestRefusal = 1_000;

/** Headings as `@NAME …`, without the nonce. */
function withHeadings(text: string, nonce: string): string {
  const own = `${nonce} `;
  const [before = '', ...marked] = `\n${text}`.split('\n@');
  const lines = marked.map((rest) => (rest.startsWith(own) ? `@${rest.slice(own.length)}` : ` @${rest}`));
  return [before, ...lines].join('\n').slice(1);
}

/** The lines of an answer's `files` by path, ordered by first occurrence. */
export function groupFiles(files: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  let path = '';
  let prefix = '';
  let start = 0;
  for (let at = 0; at < files.length; ) {
    const end = files.indexOf('\n', at);
    const next = end < 0 ? files.length : end + 1;
    if (path === '' || !files.startsWith(prefix, at)) {
      add(at);
      // Searched in this line alone; a search from every line would run to the end of a text that has none.
      const line = files.slice(at, next);
      path = line.slice(0, Math.max(0, line.indexOf(':')));
      prefix = `${path}:`;
      start = at;
    }
    at = next;
  }
  add(files.length);
  return groups;

  function add(end: number): void {
    if (path !== '') groups.set(path, (groups.get(path) ?? '') + files.slice(start, end));
  }
}

const ownStat = /^\/proc\/\d+\/stat$/;
/** Linux reports times to programs in hundredths, whatever the kernel counts in. Source: USER_HZ, proc_pid_stat(5). */
const ticksPerSecond = 100;

/** What follows the name in the /proc/PID/stat of the sampler's shell, the only file of that form; undefined: there is none. */
export function ownStatIn(groups: ReadonlyMap<string, string>): readonly string[] | undefined {
  for (const path of groups.keys()) {
    if (!path.endsWith('/stat') || !ownStat.test(path)) continue;
    const lines = groups.get(path) ?? '';
    return lines.slice(lines.lastIndexOf(')') + 2).split(' ');
  }
  return undefined;
}

/**
 * CPU time that the sampler's shell and everything that it waited for have used so far, seconds; null if the host does
 * not report it.
 */
export function ownCpuSeconds(groups: ReadonlyMap<string, string>): number | null {
  const fields = ownStatIn(groups);
  if (fields === undefined || fields.length <= 15) return null;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) ? ticks / ticksPerSecond : null;
}

/** The lines of the files of each collector that has some. */
export function filesByCollector(
  collectors: readonly Collector<never>[],
  groups: ReadonlyMap<string, string>,
): ReadonlyMap<Collector<never>, string> {
  const { byPath, withGlobs } = readersIn(collectors);
  const found = new Map<Collector<never>, string>();
  groups.forEach((lines, path) => {
    for (const reader of byPath.get(path) ?? withGlobs.filter((one) => isFileOf(one, path)))
      found.set(reader, (found.get(reader) ?? '') + lines);
  });
  return found;
}

/** Which collectors read a file: by its path, or one of those that have globs. */
type Readers = {
  readonly byPath: ReadonlyMap<string, readonly Collector<never>[]>;
  readonly withGlobs: readonly Collector<never>[];
};

const readers = new WeakMap<readonly Collector<never>[], Readers>();

function readersIn(collectors: readonly Collector<never>[]): Readers {
  const known = readers.get(collectors);
  if (known !== undefined) return known;
  const paths = new Set(collectors.flatMap(({ files, bsdFiles = [] }) => [...files, ...bsdFiles]));
  const made = {
    byPath: new Map([...paths].map((path) => [path, collectors.filter((one) => isFileOf(one, path))])),
    withGlobs: collectors.filter(({ files }) => files.some((path) => path.includes('*'))),
  };
  readers.set(collectors, made);
  return made;
}

function isFileOf({ files, bsdFiles }: Collector<never>, name: string): boolean {
  return files.some((path) => isOf(name, path)) || bsdFiles?.includes(name) === true;
}

/** For a path with a `*`, the part before it decides. */
function isOf(name: string, path: string): boolean {
  const star = path.indexOf('*');
  return star < 0 ? name === path : name.startsWith(path.slice(0, star));
}
