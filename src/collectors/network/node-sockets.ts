import type { NodeExport, NodeFamily, NodeReader } from '../../model/export/node.ts';
import { counter, gauge, untyped } from '../node/families.ts';
import { noLabels, ofCpu } from '../node/labels.ts';
import { eachLine, firstLine, numeric } from '../node/text.ts';
import { words } from '../shared/text.ts';
import type { NetworkFacts } from './facts.ts';

/** The statistics of protocols that node_exporter gives by default, with what they count. Source: kernel networking/snmp_counter.rst, RFC 1213. */
const statistics: Readonly<Record<string, string>> = {
  Ip_Forwarding: 'Whether the host forwards IPv4 packets: 1 or 2',
  Ip6_InOctets: 'Bytes received over IPv6',
  Ip6_OutOctets: 'Bytes sent over IPv6',
  IpExt_InOctets: 'Bytes received over IPv4',
  IpExt_OutOctets: 'Bytes sent over IPv4',
  Icmp_InErrors: 'Damaged ICMP messages received',
  Icmp_InMsgs: 'ICMP messages received',
  Icmp_OutMsgs: 'ICMP messages sent',
  Icmp6_InErrors: 'Damaged ICMPv6 messages received',
  Icmp6_InMsgs: 'ICMPv6 messages received',
  Icmp6_OutMsgs: 'ICMPv6 messages sent',
  TcpExt_ListenDrops:
    'Connections that were dropped because a program did not accept them in time, or for another reason',
  TcpExt_ListenOverflows: 'Connections that were dropped because a queue of a listening socket was full',
  TcpExt_SyncookiesFailed: 'Invalid SYN cookies received',
  TcpExt_SyncookiesRecv: 'SYN cookies received',
  TcpExt_SyncookiesSent: 'SYN cookies sent',
  TcpExt_TCPOFOQueue: 'Segments that arrived out of order and were kept',
  TcpExt_TCPRcvQDrop: 'Segments that were dropped because a receive queue was full',
  TcpExt_TCPSynRetrans: 'SYN segments that were sent again',
  TcpExt_TCPTimeouts: 'Timeouts of connections',
  Tcp_ActiveOpens: 'Connections that the host opened',
  Tcp_CurrEstab: 'Connections that are established',
  Tcp_InErrs: 'Damaged segments received',
  Tcp_InSegs: 'Segments received',
  Tcp_OutRsts: 'Resets sent',
  Tcp_OutSegs: 'Segments sent',
  Tcp_PassiveOpens: 'Connections that others opened',
  Tcp_RetransSegs: 'Segments that were sent again',
  UdpLite_InErrors: 'UDP-Lite datagrams that could not be delivered',
  UdpLite6_InErrors: 'UDP-Lite datagrams over IPv6 that could not be delivered',
  Udp_InDatagrams: 'UDP datagrams delivered',
  Udp_InErrors: 'UDP datagrams that could not be delivered',
  Udp_NoPorts: 'UDP datagrams to ports where nothing listens',
  Udp_OutDatagrams: 'UDP datagrams sent',
  Udp_RcvbufErrors: 'UDP datagrams that were dropped because a receive buffer was full',
  Udp_SndbufErrors: 'UDP datagrams that were dropped because a send buffer was full',
  Udp6_InDatagrams: 'UDP datagrams over IPv6 delivered',
  Udp6_InErrors: 'UDP datagrams over IPv6 that could not be delivered',
  Udp6_NoPorts: 'UDP datagrams over IPv6 to ports where nothing listens',
  Udp6_OutDatagrams: 'UDP datagrams over IPv6 sent',
  Udp6_RcvbufErrors: 'UDP datagrams over IPv6 that were dropped because a receive buffer was full',
  Udp6_SndbufErrors: 'UDP datagrams over IPv6 that were dropped because a send buffer was full',
};
const netstatFamilies = new Map(
  Object.entries(statistics).map(([name, help]) => [name, untyped(`node_netstat_${name}`, `${help}.`)]),
);
/** The same by the names of /proc/net/snmp6: `Ip6InOctets`. */
const snmp6Families = new Map(
  [...netstatFamilies].filter(([name]) => name.includes('6_')).map(([name, one]) => [name.replace('6_', '6'), one]),
);

/** Where in a line of names those stand that are exported. */
type Wanted = readonly (readonly [number, NodeFamily])[];

function wantedIn(names: readonly string[], familyOf: (name: string) => NodeFamily | undefined): Wanted {
  return names.flatMap((name, index): Wanted => {
    const family = familyOf(name);
    return family === undefined ? [] : [[index, family]];
  });
}

/** What is wanted of a line of names, which is the same with every sample. */
const wantedOf = new Map<string, Wanted>();

function wanted(names: string): Wanted {
  const known = wantedOf.get(names);
  if (known !== undefined) return known;
  const all = words(names);
  const protocol = (all[0] ?? '').slice(0, -1);
  const found = wantedIn(all, (name) => netstatFamilies.get(`${protocol}_${name}`));
  if (wantedOf.size >= 1_000) wantedOf.clear();
  wantedOf.set(Buffer.from(names).toString(), found);
  return found;
}

/** Where the word after the one at `at` begins, after one space; -1: there is none. */
function after(line: string, at: number): number {
  const space = line.indexOf(' ', at);
  return space < 0 ? -1 : space + 1;
}

function wordAt(line: string, at: number): string {
  const space = line.indexOf(' ', at);
  return line.slice(at, space < 0 ? undefined : space);
}

const netstat: NodeReader<NetworkFacts> = {
  read({ files }, { put }) {
    for (const path of ['/proc/net/netstat', '/proc/net/snmp']) {
      let names: string | null = null;
      eachLine(files, path, (line) => {
        if (names === null) names = line;
        else {
          // Of a hundred numbers a few are wanted.
          let [word, at] = [0, 0];
          for (const [place, family] of wanted(names)) {
            for (; word < place && at >= 0; word += 1) at = after(line, at);
            if (at >= 0) put(family, noLabels, numeric(wordAt(line, at)));
          }
          names = null;
        }
      });
    }
    eachLine(files, '/proc/net/snmp6', (line) => {
      const end = line.search(/[ \t]/);
      const family = snmp6Families.get(line.slice(0, end));
      if (end > 0 && family !== undefined) put(family, noLabels, numeric(line.slice(end).trim()));
    });
  },
};

const sockets: Readonly<Record<string, string>> = {
  sockets_used: 'IPv4 sockets of all kinds',
  TCP_inuse: 'TCP sockets in use',
  TCP_orphan: 'TCP sockets that no process owns any more',
  TCP_tw: 'TCP sockets in time-wait',
  TCP_alloc: 'TCP sockets that are allocated',
  TCP_mem: 'Pages that TCP sockets use',
  UDP_inuse: 'UDP sockets in use',
  UDP_mem: 'Pages that UDP sockets use',
  UDPLITE_inuse: 'UDP-Lite sockets in use',
  RAW_inuse: 'Raw sockets in use',
  FRAG_inuse: 'Packets that are being put together from fragments',
  FRAG_memory: 'Memory that fragments use',
  TCP6_inuse: 'TCP sockets over IPv6 in use',
  UDP6_inuse: 'UDP sockets over IPv6 in use',
  UDPLITE6_inuse: 'UDP-Lite sockets over IPv6 in use',
  RAW6_inuse: 'Raw sockets over IPv6 in use',
  FRAG6_inuse: 'Packets over IPv6 that are being put together from fragments',
  FRAG6_memory: 'Memory that fragments over IPv6 use',
};
const sockstatFamilies = new Map(
  Object.entries(sockets).map(([name, help]) => [name, gauge(`node_sockstat_${name}`, `${help}.`)]),
);

const sockstat: NodeReader<NetworkFacts> = {
  read({ files }, { put }) {
    const add = (name: string, value: number): void => {
      const family = sockstatFamilies.get(name);
      if (family !== undefined) put(family, noLabels, value);
    };
    for (const path of ['/proc/net/sockstat', '/proc/net/sockstat6'])
      eachLine(files, path, (line) => {
        const fields = line.split(' ');
        const kind = fields[0]?.slice(0, -1) ?? '';
        for (let index = 1; index + 1 < fields.length; index += 2) {
          const value = numeric(fields[index + 1]);
          add(`${kind}_${fields[index]}`, value);
        }
      });
  },
};

const softnetColumns: readonly (readonly [number, NodeFamily])[] = [
  [0, counter('node_softnet_processed_total', 'Packets that a core took from the network.')],
  [1, counter('node_softnet_dropped_total', 'Packets that a core dropped because its queue was full.')],
  [2, counter('node_softnet_times_squeezed_total', 'How often a core stopped although packets were left.')],
  [8, counter('node_softnet_cpu_collision_total', 'How often two cores wanted to send over one device.')],
  [9, counter('node_softnet_received_rps_total', 'How often a core was woken for packets of another.')],
  [10, counter('node_softnet_flow_limit_count_total', 'How often the flow limit was reached.')],
  [11, gauge('node_softnet_backlog_len', 'Packets that wait for a core.')],
];
const mostCores = 256;

const softnet: NodeReader<NetworkFacts> = {
  read({ files }, { put, cut }) {
    let lines = 0;
    eachLine(files, '/proc/net/softnet_stat', (line) => {
      const fields = line.split(' ');
      // Newer kernels tell the core; older ones have a line for each.
      const told = fields[12];
      const cpu = told === undefined ? lines : Number.parseInt(told, 16);
      lines += 1;
      if (lines > mostCores) return;
      for (const [column, family] of softnetColumns) {
        const field = fields[column] ?? '';
        put(family, ofCpu(String(cpu)), /^[\da-f]{8,16}$/.test(field) ? Number.parseInt(field, 16) : Number.NaN);
      }
    });
    for (const [, family] of softnetColumns) cut(family, lines - mostCores);
  },
};

const entries = gauge('node_nf_conntrack_entries', 'Connections that the firewall tracks.');
const limit = gauge('node_nf_conntrack_entries_limit', 'How many connections the firewall can track.');
const conntrackColumns = new Map(
  Object.entries({
    found: 'Entries that were found',
    invalid: 'Packets that cannot be tracked',
    ignore: 'Packets that belong to a tracked connection already',
    insert: 'Entries that were inserted',
    insert_failed: 'Entries that could not be inserted',
    drop: 'Packets that were dropped because no entry could be made',
    early_drop: 'Entries that were dropped to make room for new ones',
    search_restart: 'Searches that had to begin again because the table was resized',
  }).map(([name, help]) => [name, gauge(`node_nf_conntrack_stat_${name}`, `${help}, since boot, of all cores.`)]),
);

const conntrack: NodeReader<NetworkFacts> = {
  read({ files }, { put }) {
    put(entries, noLabels, numeric(firstLine(files, '/proc/sys/net/netfilter/nf_conntrack_count')));
    put(limit, noLabels, numeric(firstLine(files, '/proc/sys/net/netfilter/nf_conntrack_max')));
    let columns: Wanted | null = null;
    const sums = new Map<NodeFamily, number>();
    eachLine(files, '/proc/net/stat/nf_conntrack', (line) => {
      const fields = words(line);
      if (columns === null) columns = wantedIn(fields, (name) => conntrackColumns.get(name));
      else
        for (const [index, family] of columns) {
          const field = fields[index] ?? '';
          if (/^[\da-f]{1,16}$/.test(field)) sums.set(family, (sums.get(family) ?? 0) + Number.parseInt(field, 16));
        }
    });
    for (const family of conntrackColumns.values()) put(family, noLabels, sums.get(family) ?? Number.NaN);
  },
};

/** What node_exporter's collectors of sockets, protocols and connection tracking have. */
export const socketNode: readonly NodeExport<NetworkFacts>[] = [
  {
    collector: 'netstat',
    families: [...netstatFamilies.values()],
    files: ['/proc/net/snmp', '/proc/net/snmp6', '/proc/net/netstat'],
    open: () => netstat,
  },
  {
    collector: 'sockstat',
    families: [...sockstatFamilies.values()],
    files: ['/proc/net/sockstat', '/proc/net/sockstat6'],
    open: () => sockstat,
  },
  {
    collector: 'softnet',
    families: softnetColumns.map(([, family]) => family),
    files: ['/proc/net/softnet_stat'],
    open: () => softnet,
  },
  {
    collector: 'conntrack',
    families: [entries, limit, ...conntrackColumns.values()],
    files: [
      '/proc/sys/net/netfilter/nf_conntrack_count',
      '/proc/sys/net/netfilter/nf_conntrack_max',
      '/proc/net/stat/nf_conntrack',
    ],
    open: () => conntrack,
  },
];
