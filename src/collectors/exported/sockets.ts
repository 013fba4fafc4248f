import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { gauge } from '../node/families.ts';
import { Kept, type Told } from '../node/kept.ts';
import { labelTable, noLabels } from '../node/labels.ts';
import { eachLine, numeric } from '../node/text.ts';
import { pageBytesOf, pageShell } from '../shared/pages.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector } from './export-collector.ts';

const differs = 'Read every 2 minutes.';
const connections = gauge('node_tcp_connection_states', 'TCP sockets in each state.', `${differs} Without the queues.`);
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

/** The states of TCP as ss names them, and as node_exporter does. */
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
};

function tcpOf(lines: readonly string[]): Told {
  return lines.flatMap((line): Told => {
    const [count, name = ''] = words(line);
    const state = states[name];
    return state === undefined ? [] : [[connections, ofState(state), numeric(count)]];
  });
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
command -v ss >/dev/null && { echo "@$n tcp"; $T ss -tanH | cut -d ' ' -f 1 | sort | uniq -c; }
for f in udp udp6; do
[ -r /proc/net/$f ] && { echo "@$n $f"; sed -n 's/^ *[0-9]*: [^ ]* [^ ]* [^ ]* \\([^ ]*\\) .*/\\1/p' /proc/net/$f | sort | uniq -c; }
done
${pageShell}
}`,
  cadenceSeconds: 120,
  node,
});
