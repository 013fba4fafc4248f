import { isBsd, numberOrNull, variables } from '../shared/bsd.ts';
import { clamp, growth, linesOf, words } from '../shared/text.ts';
import type { Sockets } from './facts.ts';

/** The files about sockets on Linux. */
export const socketFiles = ['/proc/net/sockstat', '/proc/net/sockstat6', '/proc/net/snmp'] as const;

/**
 * Sockets and TCP of the whole host; null if it reports nothing about them. Source: /proc/net/sockstat,
 * /proc/net/sockstat6, /proc/net/snmp (kernel networking/snmp_counter.rst); macOS and FreeBSD: net.inet.tcp.pcbcount.
 */
export function socketsOf(files: string, before: Sockets | null | undefined): Sockets | null {
  const found = isBsd(files) ? bsdSockets(files) : linuxSockets(files);
  if (Object.values(found).every((one) => one === null)) return null;
  return { ...found, tcpRetransmittedRatio: retransmitted(found, before) };
}

type Counted = Omit<Sockets, 'tcpRetransmittedRatio'>;

function linuxSockets(files: string): Counted {
  const lines = [...linesOf(files, '/proc/net/sockstat'), ...linesOf(files, '/proc/net/sockstat6')].map(words);
  const kinds = new Map(lines.map((fields) => [fields[0]?.replace(':', ''), fields]));
  const [names = [], values = []] = linesOf(files, '/proc/net/snmp')
    .filter((line) => line.startsWith('Tcp:'))
    .map(words);
  const told = (kind: string, name: string): number | null => after(kinds.get(kind) ?? [], name);
  const both = (kind: string): number | null => {
    const one = told(kind, 'inuse');
    return one === null ? null : one + (told(`${kind}6`, 'inuse') ?? 0);
  };
  return {
    used: told('sockets', 'used'),
    tcp: both('TCP'),
    udp: both('UDP'),
    tcpEstablished: under(names, values, 'CurrEstab'),
    tcpTimeWait: told('TCP', 'tw'),
    tcpOrphaned: told('TCP', 'orphan'),
    tcpSegmentsSent: under(names, values, 'OutSegs'),
    tcpSegmentsRetransmitted: under(names, values, 'RetransSegs'),
  };
}

function bsdSockets(files: string): Counted {
  return {
    used: null,
    tcp: numberOrNull(variables(files).get('net.inet.tcp.pcbcount')),
    udp: null,
    tcpEstablished: null,
    tcpTimeWait: null,
    tcpOrphaned: null,
    tcpSegmentsSent: null,
    tcpSegmentsRetransmitted: null,
  };
}

/** The number after a name in a line `TCP: inuse 5 orphan 0 …`; null: there is none. */
function after(fields: readonly string[], name: string): number | null {
  let found: number | null = null;
  for (let at = 1; at + 1 < fields.length; at += 2)
    if (fields[at] === name) found = numberOrNull(fields[at + 1]) ?? found;
  return found;
}

/** The number that stands in one line where its name stands in another; null: there is none. */
function under(names: readonly string[], values: readonly string[], name: string): number | null {
  let found: number | null = null;
  for (let at = 0; at < names.length; at += 1) if (names[at] === name) found = numberOrNull(values[at]) ?? found;
  return found;
}

/** Null if nothing was sent. */
function retransmitted(now: Counted, before: Sockets | null | undefined): number | null {
  if (!before) return null;
  const values = [now, before].map((one) => [one.tcpSegmentsSent, one.tcpSegmentsRetransmitted]);
  if (values.flat().includes(null)) return null;
  const [sent, again] = growth((values[0] ?? []).map(Number), (values[1] ?? []).map(Number));
  if (sent === undefined || again === undefined || sent === null || again === null || sent <= 0) return null;
  return clamp(again / sent);
}
