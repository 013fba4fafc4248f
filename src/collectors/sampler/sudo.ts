import type { Collector, SectionError } from '../../model/collector.ts';
import { permitBySudo } from './sudoers.ts';

/**
 * Why sudo does not work a command, as the sampler reports it. `denied` concerns one command, all others sudo as a
 * whole.
 */
export const sudoKinds = ['missing', 'password', 'tty', 'unknown-user', 'denied', 'other'] as const;
export type SudoKind = (typeof sudoKinds)[number];

/** A command that sudo refused to run, and the first line of what it said. */
export type SudoRefusal = { readonly kind: SudoKind; readonly command: string; readonly said: string };

/**
 * The function with which a sampler runs commands as root. It reports a refusal of sudo as a line `@NONCE sudo KIND
 * COMMAND SAID` in its output, which {@link hearSudo} removes again, and returns 97, or 96 if only this command is not
 * permitted. `$D` lists the commands known not to be permitted; sudo is not run for them, since it writes each refusal
 * to the host's auth log. sudo also says that a password is required for commands that it does not know at all; but it
 * lists what it permits without a password only if there is something. Source: sudo 1.8 and 1.9 and sudo-rs, messages
 * in the C locale.
 */
export const runAsRoot = `D=' '
N='
'
root() {
case $D in *" $1 "*) say "@$n sudo denied $1"; return 96 ;; esac
w=
command -v sudo >/dev/null || w=missing e=
if [ ! "$w" ]; then
{ e=$($T sudo -n "$@" 2>&1 >&4 4>&-); r=$?; } 4>&1
[ $r = 0 ] && { [ ! "$e" ] || say "$e" >&2; return 0; }
case $e in
*'password is required'*|*'authentication is required'*|*'terminal is required'*) w=password ;;
*'must have a tty'*) w=tty ;;
*'not in the sudoers'*|*'may not run sudo'*) w=unknown-user ;;
*'not allowed to execute'*|*"afraid I can't do that"*) w=denied ;;
*'command not found'*|*'unable to resolve host'*) ;;
'sudo: '*) w=other ;;
esac
[ "$w" ] || { say "$e" >&2; return $r; }
fi
[ $w = password ] && $T sudo -n -l >/dev/null && w=denied
say "@$n sudo $w $1 \${e%%"$N"*}"
[ $w = denied ] && return 96
return 97
}`;

/**
 * Removes the lines of {@link runAsRoot} from `$o`, reports each of them to Sonde, and stops using sudo for what it
 * refused.
 */
export const hearSudo = `while :; do
case $o in *"@$n sudo "*) ;; *) break ;; esac
x=\${o#*"@$n sudo "}
o=\${o%%"@$n sudo "*}
case $x in *"$N"*) o=$o\${x#*"$N"} x=\${x%%"$N"*} ;; esac
say "@@$n sudo $x"
case $x in
'denied '*) x=\${x#denied } x=\${x%% *}
case $D in *" $x "*) ;; *) D="$D$x " ;; esac ;;
*) S= ;;
esac
done`;

/** Reads what a sampler reports about sudo: `KIND COMMAND SAID`. Null for anything that our sampler does not print. */
export function readRefusal(line: string): SudoRefusal | null {
  const [kindWord = '', command = '', ...rest] = line.split(' ');
  const kind = sudoKinds.find((one) => one === kindWord);
  if (kind === undefined || !/^[a-z0-9-]{1,40}$/.test(command)) return null;
  return {
    kind,
    command,
    said: rest
      .join(' ')
      .replace(/\p{Cc}/gu, '')
      .slice(0, 200),
  };
}

/** Whether sudo runs nothing at all for this login. */
export function isRefusedWhole(refusals: readonly SudoRefusal[]): boolean {
  return refusals.some(({ kind }) => kind !== 'denied');
}

const sentences: Readonly<Record<SudoKind, string>> = {
  missing: 'The host has no sudo',
  password: 'sudo asks this login for a password, and Sonde never gives it one',
  tty: 'sudo only runs on terminals (requiretty)',
  'unknown-user': 'sudo does not know this login: it is not in sudoers',
  denied: 'sudo does not allow this login to run the command',
  other: 'sudo does not work',
};

/** What a section that needs root reports if sudo refused its commands; null if it did not. */
export function sudoError({ asRoot }: Collector<never>, refusals: readonly SudoRefusal[]): SectionError | null {
  if (asRoot === undefined) return null;
  const names = asRoot.map((command) => command.replace(/ .*$/, '').replace(/^.*\//, ''));
  const whole = refusals.find(({ kind }) => kind !== 'denied');
  const found = whole ?? refusals.find(({ command }) => names.includes(command));
  return found === undefined ? null : errorOf(found, asRoot);
}

function errorOf({ kind, command, said }: SudoRefusal, asRoot: readonly string[]): SectionError {
  const own = kind === 'denied' ? `${sentences[kind]} ${command}` : sentences[kind];
  const hints: Readonly<Record<SudoKind, string>> = {
    missing: 'Install sudo, or log in as root, or turn sudo off for this host.',
    password: `${permitBySudo(asRoot)} NOPASSWD is missing now.`,
    tty: 'Add a line to sudoers (Defaults:USER !requiretty); sonde print-authorized-key --sudoers USER prints the whole file.',
    'unknown-user': permitBySudo(asRoot),
    denied: permitBySudo(asRoot),
    other: 'Run sudo -n true as this user on the host to see more.',
  };
  const message = said === '' ? own : `${own}: ${said}`;
  return {
    reason: 'not-permitted',
    message,
    hint: `${hints[kind]} Sonde asks sudo again after a day, when the host is changed, or when somebody starts it.`,
  };
}

/** The same for the whole host. */
export function sudoSentence(refusals: readonly SudoRefusal[]): { readonly message: string; readonly hint: string } {
  const first = refusals.find(({ kind }) => kind !== 'denied') ?? refusals[0];
  if (first === undefined) return { message: '', hint: '' };
  const commands = refusals.filter(({ kind }) => kind === 'denied').map(({ command }) => command);
  const own = first.kind === 'denied' ? `${sentences.denied}s ${commands.join(', ')}` : sentences[first.kind];
  return {
    message: own,
    hint: 'The sections firewall, ports and logins of the host say what to do. Sonde asks sudo again after a day, when the host is changed, or when somebody starts it.',
  };
}
