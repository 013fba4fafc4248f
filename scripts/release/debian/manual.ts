/** The manual page sonde(1), made from what `sonde --help` prints, so that both say the same. Source: man(7). */

type Help = { readonly usage: string; readonly lookUsage: string };

/** Escapes what troff would read as a request or an escape. */
const plain = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

/**
 * The entries of a help text as tagged paragraphs. An entry begins with its name, after two spaces, or six for an option of the
 * command before; its text follows after two more spaces or on the lines below it.
 */
function entries(help: string): string {
  const lines: string[] = [];
  let isIn = false;
  const nest = (on: boolean): void => {
    if (on !== isIn) lines.push(on ? '.RS' : '.RE');
    isIn = on;
  };
  for (const line of help.split('\n')) {
    const [, indent = '', name = '', text] = /^( +)(\S.*?)(?: {2,}(\S.*))?$/.exec(line) ?? [];
    if (name === '') continue;
    if (indent.length === 2 || indent.length === 6) {
      nest(indent.length === 6);
      lines.push('.TP', `.B ${plain(name)}`);
      if (text !== undefined) lines.push(plain(text));
    } else lines.push(plain(line.trim()));
  }
  nest(false);
  return lines.join('\n');
}

/** `date` as in 2026-12-01. */
export function manualPage({ usage, lookUsage }: Help, version: string, date: string): string {
  const options = /^ {2}--help[\s\S]*?\n(?=\n)/m.exec(usage)?.[0] ?? '';
  const commands = usage.slice(usage.indexOf('\n'), usage.indexOf(options));
  return `.TH SONDE 1 "${date}" "Sonde ${plain(version)}" "User Commands"
.SH NAME
sonde \\- server monitoring over SSH, without agents
.SH SYNOPSIS
.B sonde
[\\fICOMMAND\\fR]
.SH DESCRIPTION
Sonde shows whether servers are up and how they are doing, with nothing
installed on them. It answers on a web page and with an API.
.SH COMMANDS
${entries(commands)}
.SH OPTIONS
.TP
.B \\-\\-help
Print the commands, or the options of look.
.TP
.B \\-\\-version
Print the version.
.SH LOOK AT A HOST
.nf
${plain(lookUsage.trim())}
.fi
.SH ENVIRONMENT
Settings are variables whose names begin with SONDE_, in the environment or in
the file that SONDE_ENV_FILE names. /usr/share/doc/sonde/docs/settings.md lists
them. For root and for the user sonde, the Debian package uses the settings and
the data of the service.
.SH FILES
.TP
.I /etc/sonde/sonde.env
The settings of the service.
.TP
.I /var/lib/sonde
Its data: the database, the history and the keys.
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
`;
}
