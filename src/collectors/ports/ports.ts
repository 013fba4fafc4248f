import { type Collector, type Reading, type SectionError, SectionFailure } from '../../model/collector.ts';
import { permitBySudo } from '../sampler/sudoers.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { parts } from '../shared/text.ts';
import { bsdNetstatLine, sockstatLine } from './bsd-ports.ts';
import type { ListeningPort, PortsFacts } from './facts.ts';
import { portsSchema, portsView } from './view.ts';

const asRoot = ['/usr/bin/ss -tulnp', '/usr/bin/netstat -tulnp'];

/**
 * Listening TCP ports and bound UDP ports, each with its process if the login may see it. Source, in order of
 * preference: ss, netstat, /proc/net/{tcp,tcp6,udp,udp6} (kernel proc_net_tcp.rst); elsewhere bsd-ports.ts.
 */
export const ports: Collector<PortsFacts, 'ports'> = {
  name: 'ports',
  title: 'Listening ports',
  files: [],
  shell: `case $O in
FreeBSD) echo "@$n sockstat"; o=$(sockstat -46l) ;;
NetBSD) echo "@$n sockstat"; o=$(sockstat -n -4 -6 -l) ;;
Darwin|OpenBSD) echo "@$n bsd"; o=$(netstat -an | grep -E '^(tcp.* LISTEN|udp)') ;;
*) if o=$({ [ "$S" ] && $S ss -tulnp; } || ss -tulnp); then echo "@$n ss"
else
case $o in *"@$n sudo "*) printf '%s\\n' "$o"; S= ;; esac
if o=$({ [ "$S" ] && $S netstat -tulnp; } || netstat -tulnp || netstat -tuln); then echo "@$n netstat"
elif [ -r /proc/net/tcp ]; then
echo "@$n proc $(printf '\\1\\0' | od -A n -d | tr -d ' ')"
o=$(grep -s -E ' (0A|07) ' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6)
fi
fi ;;
esac
printf '%s\\n' "$o"
case $o in *"@$n sudo "*) S= ;; esac
[ "$I" = 0 ] || [ "$S" ] || echo "@$n own"`,
  asRoot,
  cadenceSeconds: 120,
  parse: ({ text }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    const reading = (source: string, lines: readonly string[], read: Read): Reading<PortsFacts> => {
      const rows = lines.filter((line) => /^(\/proc\/net\/)?(tcp|udp)/.test(line)).map(read);
      const unknown = rows.filter((one) => one === null).length;
      const facts = factsOf(rows.filter((one) => one !== null && one !== 'other'));
      if (unknown > 0 && facts.ports.length === 0) throw new Error(`${source} printed lines in an unknown format`);
      const isPart = found.has('own') && facts.ports.some((one) => one.process === null);
      const error = unknown > 0 ? { ...notUnderstood, message: `${unknown} ${notUnderstood.message}` } : ownOnly;
      return unknown > 0 || isPart ? { source, facts, error } : { source, facts };
    };
    const ss = found.get('ss');
    if (ss) return reading('ss', ss.lines, ssLine);
    const netstat = found.get('netstat');
    if (netstat) return reading('netstat', netstat.lines, netstatLine);
    const sockstat = found.get('sockstat');
    if (sockstat) return { source: 'sockstat', facts: factsOf(sockstat.lines.flatMap(sockstatLine)) };
    const bsd = found.get('bsd');
    if (bsd) return { source: 'netstat', facts: factsOf(bsd.lines.flatMap(bsdNetstatLine)), error: portsOnly };
    const proc = found.get('proc');
    if (proc) return reading('/proc/net', proc.lines, (line) => procLine(line, proc.head === '256'));
    throw new SectionFailure('not-installed', 'None of ss, netstat and /proc/net can be read');
  },
  view: { schema: portsSchema, of: (facts, { source }) => portsView(facts, source) },
  metrics: {
    listening_ports: {
      kind: 'gauge',
      unit: '',
      help: 'Listening TCP ports and bound UDP ports',
      read: (facts) => facts.ports.length + (facts.leftOut?.ports ?? 0),
    },
  },
};

/** A row as a port; `other` for a socket that does not listen; null for an unknown format. */
type Read = (line: string) => ListeningPort | 'other' | null;

const notUnderstood: SectionError = {
  reason: 'unparsable',
  message: 'lines of the list of ports could not be read, so ports may be missing',
  hint: '',
};

const ownOnly: SectionError = {
  reason: 'not-permitted',
  message: 'This login only sees which of its own processes hold ports',
  hint: permitBySudo(asRoot),
};

const portsOnly: SectionError = {
  reason: 'not-installed',
  message: "The host's netstat does not show which process holds a port",
  hint: '',
};

/** Each once; a process may have several sockets on one port. */
function factsOf(list: readonly ListeningPort[]): PortsFacts {
  const key = (one: ListeningPort) => `${one.protocol} ${one.localAddress} ${one.localPort} ${one.pid}`;
  const { kept, more } = bounded([...new Map(list.map((one) => [key(one), one])).values()], most.ports);
  return { ports: kept, ...leftOut({ ports: more }) };
}

/**
 * `tcp LISTEN 0 128 *:22 *:* users:(("sshd",pid=3965,fd=3))`; iproute2 before 3.12 writes `(("sshd",3965,3))`, and
 * 2.6.32 no state.
 */
function ssLine(line: string): ReturnType<Read> {
  const match =
    /^(tcp|udp)\s+(?:([A-Z][A-Z\d-]+)\s+)?\d+\s+\d+\s+(\S+):(\d+|\*)\s+\S+(?:\s+users:\(\("(.*?)",(?:pid=)?(\d+))?/.exec(
      line,
    );
  if (match === null) return null;
  const [, protocol, told, address = '', port, process, pid] = match;
  const state = told ?? (protocol === 'tcp' ? 'LISTEN' : 'UNCONN');
  if (!['LISTEN', 'UNCONN'].includes(state) || port === '*') return 'other';
  return entry(protocol, address, port, state, pid, process);
}

function netstatLine(line: string): ReturnType<Read> {
  // Spaces are removed first; a regular expression that backtracks over them would take quadratic time.
  const match = /^(tcp|udp)(?:6|l6?|46)?\s+\d+\s+\d+\s+(\S+):(\d+|\*)\s+\S+(?:\s+([A-Z]\S*))?(?:\s+(\d+)\/(.+))?$/.exec(
    line.trimEnd().replace(/\s-$/, '').trimEnd(),
  );
  if (match === null) return null;
  const [, protocol, address = '', port, told, pid, process] = match;
  const state = told ?? (protocol === 'tcp' ? 'LISTEN' : 'UNCONN');
  if ((protocol === 'tcp' && state !== 'LISTEN') || state === 'ESTABLISHED' || port === '*') return 'other';
  return entry(protocol, address, port, protocol === 'tcp' ? state : 'UNCONN', pid, process);
}

/** `isBigEndian`: the byte order of the host's words, which the addresses have. */
function procLine(line: string, isBigEndian: boolean): ReturnType<Read> {
  const match = /\/(tcp|udp)6?:\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} (0A|07) /.exec(
    line,
  );
  if (match === null) return null;
  if ((match[1] === 'tcp') !== (match[4] === '0A')) return 'other';
  const [, protocol, address = '', port = ''] = match;
  const state = protocol === 'tcp' ? 'LISTEN' : 'UNCONN';
  return entry(protocol, hexAddress(address, isBigEndian), String(Number.parseInt(port, 16)), state);
}

function entry(
  protocol: string | undefined,
  address: string,
  port: string | undefined,
  state: string,
  pid?: string,
  process?: string,
): ListeningPort {
  return {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    localAddress: address.replace(/^\[(.*)\]/, '$1').replace(/%.*$/, ''),
    localPort: Number(port),
    state,
    pid: pid === undefined ? null : Number(pid),
    process: process ?? null,
  };
}

/** Addresses are 32-bit words in the machine's byte order. */
function hexAddress(hex: string, isBigEndian: boolean): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => {
    const inOrder = word.match(/../g) ?? [];
    return (isBigEndian ? inOrder : inOrder.reverse()).map((byte) => Number.parseInt(byte, 16));
  });
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  const full = groups.join(':');
  const zeros = [...full.matchAll(/(?:^|:)0(?::0)+(?::|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  return zeros === undefined ? full : `${full.slice(0, zeros.index)}::${full.slice(zeros.index + zeros[0].length)}`;
}
