import { type Column, DataTable } from '../../../components/data-table.tsx';
import * as format from '../../../format.ts';
import { depthTexts } from '../../../texts/host-details/depth.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { type Fact, FactsList } from './facts-list.tsx';

type Interface = Snapshot['network']['interfaces'][number];

const words = depthTexts.network;

/** Connections and sockets of the host, and packets, errors and drops of its interfaces. */
export function NetworkDetail({ snapshot }: { readonly snapshot: Snapshot }) {
  const { network, sections } = snapshot;
  return (
    <Section name="network-detail" title={words.title} section={sections.network} part="counters">
      <FactsList facts={networkFacts(network)} />
      {network.interfaces.length === 0 ? null : (
        <DataTable
          label={words.table}
          rows={byTrouble(network.interfaces)}
          keyOf={({ name }) => name}
          first={4}
          columns={columns}
        />
      )}
    </Section>
  );
}

/** The counts and rates that the host reports. */
export function networkFacts({ total, sockets }: Snapshot['network']): readonly Fact[] {
  const count = (value: number | null | undefined): string | null => (value == null ? null : format.number(value));
  const rate = (value: number | null | undefined): string | null =>
    value == null ? null : depthTexts.perSecond(format.number(value));
  const [received, sent] = [total?.rxPacketsPerSecond, total?.txPacketsPerSecond];
  const share = sockets?.tcpRetransmittedRatio ?? null;
  return [
    [words.established, count(sockets?.tcpEstablished), words.establishedNote],
    [words.timeWait, count(sockets?.tcpTimeWait)],
    [words.orphaned, count(sockets?.tcpOrphaned), words.orphanedNote],
    [words.retransmitted, share === null ? null : format.ratio(share), words.retransmittedNote],
    [words.tcp, count(sockets?.tcp)],
    [words.udp, count(sockets?.udp)],
    [words.used, count(sockets?.used)],
    [
      words.packets,
      received == null || sent == null ? null : `↓ ${rate(received)}  ↑ ${rate(sent)}`,
      words.packetsNote,
    ],
    [words.errors, rate(total?.errorsPerSecond)],
    [words.dropped, rate(total?.droppedPerSecond)],
  ];
}

const sum = (a: number | null, b: number | null): number | null =>
  a === null && b === null ? null : (a ?? 0) + (b ?? 0);
const errorsOf = (one: Interface): number | null => sum(one.rxErrors, one.txErrors);
const droppedOf = (one: Interface): number | null => sum(one.rxDropped, one.txDropped);

/** Those that have errors or drops now stand first, then those that had some. */
export function byTrouble(interfaces: readonly Interface[]): readonly Interface[] {
  const now = (one: Interface): number =>
    (sum(one.rxErrorsPerSecond, one.txErrorsPerSecond) ?? 0) +
    (sum(one.rxDroppedPerSecond, one.txDroppedPerSecond) ?? 0);
  const ever = (one: Interface): number => (errorsOf(one) ?? 0) + (droppedOf(one) ?? 0);
  return [...interfaces].sort(
    (a, b) => now(b) - now(a) || Number(b.isPhysical) - Number(a.isPhysical) || ever(b) - ever(a),
  );
}

const rate = (value: number | null): string =>
  value === null ? format.number(value) : depthTexts.perSecond(format.number(value));

const columns: readonly Column<Interface>[] = [
  { name: tableTexts.name, cell: ({ name }) => <span className="block max-w-32 truncate">{name}</span> },
  { name: words.received, isNumber: true, cell: (one) => rate(one.rxPacketsPerSecond) },
  { name: words.sent, isNumber: true, cell: (one) => rate(one.txPacketsPerSecond) },
  { name: `${words.errors} ${words.sinceBoot}`, isNumber: true, cell: (one) => format.number(errorsOf(one)) },
  { name: `${words.dropped} ${words.sinceBoot}`, isNumber: true, cell: (one) => format.number(droppedOf(one)) },
];
