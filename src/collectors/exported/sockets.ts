import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { gauge } from '../node/families.ts';
import { Kept, type Told } from '../node/kept.ts';
import { labelTable, noLabels } from '../node/labels.ts';
import { eachLine, numeric } from '../node/text.ts';
import { pageBytesOf, pageShell } from '../shared/pages.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector } from './export-collector.ts';

const differs = 'Read every 2 minutes.';
const connections = gauge(
  'node_tcp_connection_states',
  'TCP sockets in each state, and the bytes in the queues of all of them.',
  differs,
);
const queues = gauge('node_udp_queues', 'Bytes that wait in the queues of UDP sockets.', differs);

const memory = {
  TCP: gauge('node_sockstat_TCP_mem_bytes', 'Memory that TCP sockets use.'),
  UDP: gauge('node_sockstat_UDP_mem_bytes', 'Memory that UDP sockets use.'),
} as const;

const ofState = labelTable((state) => ({ state }));
const ofQueue = labelTable((text) => {
  const [ip = '', queue = ''] = text.split(' ');
  return { ip, queue };
});

/** The states of TCP as ss names them, and its columns of queues, and what node_exporter calls them. */
const states: Readonly<Record<string, string>> = {
  ESTAB: 'established',
  'SYN-SENT': 'syn_sent',
  'SYN-RECV': 'syn_recv',
  'FIN-WAIT-1': 'fin_wait1',
  'FIN-WAIT-2': 'fin_wait2',
  'TIME-WAIT': 'time_wait',
  UNCONN: 'close',
  'CLOSE-WAIT': 'close_wait',
  'LAST-ACK': 'last_ack',
  LISTEN: 'listen',
  CLOSING: 'closing',
  'Recv-Q': 'rx_queued_bytes',
  'Send-Q': 'tx_queued_bytes',
};

/** Lines `COUNT STATE`, in an order that depends on the host's awk. */
function tcpOf(lines: readonly string[]): Told {
  const counts = new Map(lines.map((line) => words(line).reverse() as [string, string]));
  return Object.entries(states).map(([name, state]) => [connections, ofState(state), numeric(counts.get(name))]);
}

/** Lines `COUNT TX:RX`, the queues in hex, as in /proc/net/udp. */
function udpOf(ip: 'v4' | 'v6', lines: readonly string[] | undefined): Told {
  if (lines === undefined) return [];
  let [sent, received] = [0, 0];
  for (const line of lines) {
    const [, count, tx = '', rx = ''] = /^ *(\d{1,7}) ([\dA-Fa-f]{8}):([\dA-Fa-f]{8})$/.exec(line) ?? [];
    if (count === undefined) continue;
    sent += Number(count) * Number.parseInt(tx, 16);
    received += Number(count) * Number.parseInt(rx, 16);
  }
  return [
    [queues, ofQueue(`${ip} rx`), received],
    [queues, ofQueue(`${ip} tx`), sent],
  ];
}

function open(): NodeReader<null> {
  const kept = new Kept();
  let pageBytes = Number.NaN;
  return {
    heard(text) {
      const found = parts(text);
      pageBytes = pageBytesOf(found.get('page')?.head) ?? Number.NaN;
      const lines = (name: string): readonly string[] | undefined => found.get(name)?.lines.slice(0, 10_000);
      kept.set([...tcpOf(lines('tcp') ?? []), ...udpOf('v4', lines('udp')), ...udpOf('v6', lines('udp6'))]);
    },
    read({ files }, sink) {
      kept.put(sink);
      eachLine(files, '/proc/net/sockstat', (line) => {
        const [, kind, pages] = /^(TCP|UDP): .*\bmem (\d{1,15})\b/.exec(line) ?? [];
        if (kind === 'TCP' || kind === 'UDP') sink.put(memory[kind], noLabels, Number(pages) * pageBytes);
      });
    },
  };
}

const node: readonly NodeExport<null>[] = [
  { collector: 'tcpstat', families: [connections], open },
  { collector: 'udp_queues', families: [queues] },
  { collector: 'sockstat', families: Object.values(memory) },
];

/** TCP sockets by state and the queues of UDP, counted on the host. Source: ss, /proc/net/udp. */
export const sockets = exportCollector({
  name: 'sockets',
  title: 'Sockets',
  shell: `[ "$O" = Linux ] && {
command -v ss >/dev/null && { echo "@$n tcp"; $T ss -tanH | awk '{ n[$1]++; r += $2; t += $3 } END { if (NR) { for (s in n) print n[s], s; printf "%.0f Recv-Q\\n%.0f Send-Q\\n", r, t } }'; }
for f in udp udp6; do
[ -r /proc/net/$f ] && { echo "@$n $f"; sed -n 's/^ *[0-9]*: [^ ]* [^ ]* [^ ]* \\([^ ]*\\) .*/\\1/p' /proc/net/$f | sort | uniq -c; }
done
${pageShell}
}`,
  cadenceSeconds: 120,
  node,
});
