import { type Change, type Differ, type End, plain, type State } from '../differ.ts';
import { diffed, linesOf, settle } from '../lines.ts';

type Port = {
  readonly protocol: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly process: string | null;
};
type Facts = { readonly ports: readonly Port[]; readonly leftOut?: { readonly ports?: number } };

/** From here on programs get UDP ports for answers, which come and go. Source: Linux ip_local_port_range. */
const ephemeral = 32_768;
const unknown = '-';

/**
 * Ports that programs listen on, each by protocol, reach, number and program: a service that is restarted is the same port.
 * Seen twice before it is opened, missed twice before it is closed.
 */
export const ports: Differ<Facts> = {
  name: 'ports',
  section: 'ports',
  // Without root the list is complete; only the programs are missing.
  despite: ['not-permitted', 'not-installed'],
  pick: (facts) => facts.ports,
  print: (facts) => {
    let text = facts.leftOut === undefined ? '' : 'cut';
    for (const { protocol, localAddress, localPort, process } of facts.ports)
      text += `${protocol} ${localAddress} ${localPort} ${process}\n`;
    return text;
  },
  diff: (before, facts) => {
    if (facts.leftOut?.ports !== undefined) return null;
    const known = programsOf(before);
    const lines = facts.ports.flatMap((port) => lineOf(port, known));
    const settled = settle(before === null ? null : withPrograms(before, lines), lines, 2);
    const closed = settled.removed.map(portOf);
    const stays = new Set(linesOf(settled.state.kept).map((line) => portOf(line).subject));
    return diffed(
      settled,
      [...settled.added.map((line) => opened(portOf(line))), ...closed.map(gone)],
      closed.flatMap(({ subject }): End[] => (stays.has(subject) ? [] : [{ kind: 'port-opened', subject }])),
    );
  },
};

function lineOf(
  { protocol, localAddress, localPort, process }: Port,
  known: ReadonlyMap<string, string>,
): readonly string[] {
  if (protocol === 'udp' && localPort >= ephemeral) return [];
  const place = `${protocol} ${reachOf(localAddress)} ${localPort}`;
  return [`${place} ${process === null ? (known.get(place) ?? unknown) : plain(process, 60)}`];
}

/** Who can reach it: this host alone, or others, at one of its addresses or at all. */
function reachOf(address: string): 'loopback' | 'all' | 'address' {
  if (/^(127\.|::1$|::ffff:127\.)/i.test(address)) return 'loopback';
  return /^(\*|0\.0\.0\.0|::|)$/.test(address) ? 'all' : 'address';
}

/** Place → its program, of those that are known. */
function programsOf(before: State | null): ReadonlyMap<string, string> {
  return new Map(linesOf(before?.kept ?? '').map((line) => [placeOf(line), line.slice(placeOf(line).length + 1)]));
}

/** That the program of a port is known now is not a change. */
function withPrograms(before: State, lines: readonly string[]): State {
  const suffix = ` ${unknown}`;
  if (!`${before.kept}\n`.includes(`${suffix}\n`)) return before;
  const now = new Map(lines.map((line) => [placeOf(line), line]));
  const kept = linesOf(before.kept).map((line) => (line.endsWith(suffix) ? (now.get(placeOf(line)) ?? line) : line));
  return { ...before, kept: kept.join('\n') };
}

function placeOf(line: string): string {
  return line.split(' ', 3).join(' ');
}

function portOf(line: string) {
  const [protocol = '', reach = '', port = ''] = line.split(' ', 3);
  const program = line.slice(placeOf(line).length + 1);
  return { protocol, reach, port: Number(port), program, subject: `${protocol} ${port}` };
}

type Place = ReturnType<typeof portOf>;

function detailsOf({ protocol, reach, port, program }: Place): Change['details'] {
  const forOthers = reach === 'loopback' ? 'loopback' : 'network';
  return { protocol, port, reach: forOthers, program: program === unknown ? null : program };
}

function opened(place: Place): Change {
  const { reach, subject } = place;
  const who = place.program === unknown ? 'A program' : place.program;
  const where = reach === 'loopback' ? 'for this host alone' : reach === 'all' ? 'for the network' : 'on one address';
  const severity = reach === 'loopback' ? 'info' : 'warning';
  return {
    kind: 'port-opened',
    severity,
    summary: `${who} listens on ${subject} ${where}`,
    subject,
    details: detailsOf(place),
  };
}

function gone(place: Place): Change {
  const who = place.program === unknown ? 'Nothing' : `${place.program} no longer`;
  const summary =
    place.program === unknown ? `${who} listens on ${place.subject} any more` : `${who} listens on ${place.subject}`;
  return { kind: 'port-closed', severity: 'info', summary, subject: place.subject, details: detailsOf(place) };
}
