import { type Collector, type Reading, type SectionError, SectionFailure } from '../model/collector.ts';
import type { ListeningPort, PortsFacts } from '../model/facts.ts';
import { bounded, leftOut, most } from './bounds.ts';
import { bsdNetstatLine, sockstatLine } from './other-ports.ts';
import { permitBySudo } from './sudoers.ts';
import { parts } from './text.ts';

const asRoot = ['/usr/bin/ss -tulnp', '/usr/bin/netstat -tulnp'];

/**
 * Listening TCP ports and bound UDP ports; the process of each as far as the login may see it.
 * Source, in order of preference: ss, netstat, /proc/net/{tcp,tcp6,udp,udp6} (kernel proc_net_tcp.rst);
 * elsewhere other-ports.ts.
 */
export const ports: Collector<PortsFacts> = {
  name: 'ports',
  files: [],
  shell: `case $O in
FreeBSD) echo "@$n sockstat"; o=$(sockstat -46l) ;;
NetBSD) echo "@$n sockstat"; o=$(sockstat -n -4 -6 -l) ;;
Darwin|OpenBSD) echo "@$n bsd"; o=$(netstat -an | grep -E '^(tcp.* LISTEN|udp)') ;;
*) if o=$({ [ "$S" ] && $S ss -tulnp; } || ss -tulnp); then echo "@$n ss"
elif o=$({ [ "$S" ] && $S netstat -tulnp; } || netstat -tulnp || netstat -tuln); then echo "@$n netstat"
elif [ -r /proc/net/tcp ]; then
echo "@$n proc"
o=$(grep -s -E ' (0A|07) ' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6)
fi ;;
esac
printf '%s\\n' "$o"
[ "$I" = 0 ] || [ "$S" ] || echo "@$n own"`,
  asRoot,
  cadenceSeconds: 120,
  parse: ({ text }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    const reading = (source: string, list: readonly ListeningPort[]): Reading<PortsFacts> => {
      const facts = factsOf(list);
      const isPart = found.has('own') && facts.ports.some((one) => one.process === null);
      return isPart ? { source, facts, error: ownOnly } : { source, facts };
    };
    const ss = found.get('ss');
    if (ss) return reading('ss', ss.lines.flatMap(ssLine));
    const netstat = found.get('netstat');
    if (netstat) return reading('netstat', netstat.lines.flatMap(netstatLine));
    const sockstat = found.get('sockstat');
    if (sockstat) return { source: 'sockstat', facts: factsOf(sockstat.lines.flatMap(sockstatLine)) };
    const bsd = found.get('bsd');
    if (bsd) return { source: 'netstat', facts: factsOf(bsd.lines.flatMap(bsdNetstatLine)), error: portsOnly };
    const proc = found.get('proc');
    if (proc) return reading('/proc/net', proc.lines.flatMap(procLine));
    throw new SectionFailure('not-installed', 'Neither ss nor netstat nor /proc/net can be read');
  },
  metrics: {
    listening_ports: {
      kind: 'gauge',
      unit: '',
      help: 'Listening TCP ports and bound UDP ports',
      read: (facts) => facts.ports.length + (facts.leftOut?.ports ?? 0),
    },
  },
};

const ownOnly: SectionError = {
  reason: 'not-permitted',
  message: 'Which process holds a port is known to this login for its own only',
  hint: permitBySudo(asRoot),
};

const portsOnly: SectionError = {
  reason: 'not-installed',
  message: "The host's netstat does not tell which process holds a port",
  hint: '',
};

/** Each once: a process may have several sockets on one port. */
function factsOf(list: readonly ListeningPort[]): PortsFacts {
  const key = (one: ListeningPort) => `${one.protocol} ${one.localAddress} ${one.localPort} ${one.pid}`;
  const { kept, more } = bounded([...new Map(list.map((one) => [key(one), one])).values()], most.ports);
  return { ports: kept, ...leftOut({ ports: more }) };
}

function ssLine(line: string): ListeningPort[] {
  const match = /^(tcp|udp)\s+(LISTEN|UNCONN)\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("(.*?)",pid=(\d+))?/.exec(
    line,
  );
  if (match === null) return [];
  const [, protocol, state = '', address = '', port, process, pid] = match;
  return [entry(protocol, address, port, state, pid, process)];
}

function netstatLine(line: string): ListeningPort[] {
  // Blanks are taken away first: an expression that gives some back for each letter takes the square of their number.
  const match = /^(tcp|udp)6?\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+(LISTEN))?(?:\s+(\d+)\/(.+))?$/.exec(
    line.trimEnd().replace(/\s-$/, '').trimEnd(),
  );
  if (match === null) return [];
  const [, protocol, address = '', port, state, pid, process] = match;
  return [entry(protocol, address, port, state ?? (protocol === 'tcp' ? 'LISTEN' : 'UNCONN'), pid, process)];
}

function procLine(line: string): ListeningPort[] {
  const match = /\/(tcp|udp)6?:\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} (0A|07) /.exec(
    line,
  );
  if (match === null || (match[1] === 'tcp') !== (match[4] === '0A')) return [];
  const [, protocol, address = '', port = ''] = match;
  return [
    entry(protocol, hexAddress(address), String(Number.parseInt(port, 16)), protocol === 'tcp' ? 'LISTEN' : 'UNCONN'),
  ];
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

/** Addresses are words of 32 bits in the order of the machine's bytes; all machines that run this are little-endian. */
function hexAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  const full = groups.join(':');
  const zeros = [...full.matchAll(/(?:^|:)0(?::0)+(?::|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  return zeros === undefined ? full : `${full.slice(0, zeros.index)}::${full.slice(zeros.index + zeros[0].length)}`;
}
