import { createHash } from 'node:crypto';
import type { Collector, SectionError } from '../../model/collector.ts';
import { helloWord, samplerAnswer, samplerStart, useSudo } from './sampler.ts';

/** Of what the forced sampler and Sonde say to each other; changes when one could not understand the other any more. */
const protocol = 1;

/** A key-holder's line without end may take this much memory of the host, in KiB. */
const maxDataKiB = 524_288;

/**
 * The sampler as the command that a key may run in authorized_keys, and nothing else. All of its standard input is
 * requests: to the hello with which Sonde begins the program that it would send to a shell, it answers
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

/** Tells apart samplers of different versions of Sonde. */
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

/** As `printf %b` reads it, without what any shell could take for something else between single quotes. */
function encode(program: string): string {
  const octal = (one: string): string => `\\0${one.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return program
    .replace(/[\\'"!]/g, octal)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
}

/** What a forced sampler has; null stands for the one that Sonde sends, which has everything. */
export type Announcement = {
  readonly isUnderstood: boolean;
  /** Whether it is that of this very Sonde. */
  readonly isCurrent: boolean;
  readonly sections: ReadonlySet<string>;
};

/** Reads what a forced sampler said of itself. */
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

/** Of a section that a host's forced sampler does not have. */
export const notInForced: SectionError = {
  reason: 'not-permitted',
  message: "The sampler in the host's authorized_keys is of another version of Sonde and does not have this section",
  hint: 'Print its line anew (sonde print-authorized-key) and put it in the place of the old one.',
};
