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
  const sockets = new Map(
    [...linesOf(files, '/proc/net/sockstat'), ...linesOf(files, '/proc/net/sockstat6')].map((line) => {
      const [kind = '', ...fields] = words(line);
      return [kind.replace(':', ''), pairs(fields)] as const;
    }),
  );
  const tcp = snmp(linesOf(files, '/proc/net/snmp'), 'Tcp:');
  const told = (kind: string, name: string): number | null => sockets.get(kind)?.get(name) ?? null;
  const both = (kind: string): number | null => {
    const one = told(kind, 'inuse');
    return one === null ? null : one + (told(`${kind}6`, 'inuse') ?? 0);
  };
  return {
    used: told('sockets', 'used'),
    tcp: both('TCP'),
    udp: both('UDP'),
    tcpEstablished: tcp.get('CurrEstab') ?? null,
    tcpTimeWait: told('TCP', 'tw'),
    tcpOrphaned: told('TCP', 'orphan'),
    tcpSegmentsSent: tcp.get('OutSegs') ?? null,
    tcpSegmentsRetransmitted: tcp.get('RetransSegs') ?? null,
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

/** `inuse 5 orphan 0 …`. */
function pairs(fields: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (let at = 0; at + 1 < fields.length; at += 2) add(found, fields[at], fields[at + 1]);
  return found;
}

/** A line of names and one of their values, both with the protocol's name in front. */
function snmp(lines: readonly string[], protocol: string): ReadonlyMap<string, number> {
  const [names = [], values = []] = lines.filter((line) => line.startsWith(protocol)).map(words);
  const found = new Map<string, number>();
  for (const [index, name] of names.entries()) add(found, name, values[index]);
  return found;
}

function add(found: Map<string, number>, name: string | undefined, value: string | undefined): void {
  const known = numberOrNull(value);
  if (name !== undefined && known !== null) found.set(name, known);
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
