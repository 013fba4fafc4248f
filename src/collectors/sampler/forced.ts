import { createHash } from 'node:crypto';
import type { Collector, SectionError } from '../../model/collector.ts';
import { helloWord, samplerAnswer, samplerStart, useSudo } from './sampler.ts';

/**
 * The version of the protocol between the forced sampler and Sonde; changes when they would no longer understand each
 * other.
 */
const protocol = 1;

/** How much of the host's memory an endless line from a key-holder may take, in KiB. */
const maxDataKiB = 524_288;

/**
 * The sampler as a forced command in authorized_keys: the only thing that the key may run. All of its standard input is
 * requests. Sonde begins the program that it would send to a shell with a hello, and the forced sampler answers that
 * with
 *
 *     @@sampler TOKEN PROTOCOL REVISION SECTION…
 *     @@ready TOKEN
 *
 * and the rest of that program it passes over, since none of its lines is a request. Works under every login shell: a
 * single line in single quotes, in which no quote, no exclamation mark and no backslash but those of `printf %b` is.
 */
export function forcedCommand(collectors: readonly Collector<never>[]): string {
  return `sh -c 'eval "$(printf %b "$1")"' sonde '${encode(forcedProgram(collectors))}'`;
}

/** Tells samplers of different Sonde versions apart. */
export function revisionOf(collectors: readonly Collector<never>[]): string {
  return createHash('sha256')
    .update(samplerStart(collectors) + samplerAnswer(collectors))
    .digest('hex')
    .slice(0, 12);
}

function forcedProgram(collectors: readonly Collector<never>[]): string {
  return `set --
unset SSH_ORIGINAL_COMMAND
${samplerStart(collectors)}
ulimit -d ${maxDataKiB}
while read -r n l; do
if [ "$n" = '${helloWord}' ]; then
t=\${l%% *}
case $t in *[!0123456789abcdef]*) continue ;; esac
[ \${#t} = 24 ] || continue
S= D=' '
case $l in *[!0123456789abcdefghijklmnopqrstuvwxyz\\ -]*) continue ;; "$t 1"|"$t 1 "*) ${useSudo}; D="\${l#"$t 1"} " ;; esac
say "
@@sampler $t ${protocol} ${revisionOf(collectors)} $K
@@ready $t"
continue
fi
${samplerAnswer(collectors)}
done
exit 0`;
}

/** As `printf %b` reads it, without anything that some shell could interpret within single quotes. */
function encode(program: string): string {
  const octal = (one: string): string => `\\0${one.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return program
    .replace(/[\\'"!]/g, octal)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
}

/** What a forced sampler supports; null stands for the one that Sonde sends, which supports everything. */
export type Announcement = {
  readonly isUnderstood: boolean;
  /** Whether it comes from this version of Sonde. */
  readonly isCurrent: boolean;
  readonly sections: ReadonlySet<string>;
};

/** Reads how a forced sampler announced itself. */
export function readAnnouncement(
  announced: string | null,
  collectors: readonly Collector<never>[],
): Announcement | null {
  if (announced === null) return null;
  const [version, revision, ...sections] = announced.split(' ');
  return {
    isUnderstood: version === String(protocol),
    isCurrent: revision === revisionOf(collectors),
    sections: new Set(sections),
  };
}

/** The error of a section that a host's forced sampler does not support. */
export const notInForced: SectionError = {
  reason: 'not-permitted',
  message:
    "The sampler in the host's authorized_keys belongs to another version of Sonde and does not have this section",
  hint: 'Replace its line there with the one that sonde print-authorized-key prints now.',
};
