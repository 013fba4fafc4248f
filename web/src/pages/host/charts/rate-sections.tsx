import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { useCharting } from './charting.tsx';
import { RateTable } from './rate-table.tsx';

const { interfaces: interfacesLabel, disks: disksLabel, lines } = hostTexts;

/** What every interface receives and sends; nothing where there is only one. */
export function InterfaceTable() {
  const { network, sections } = useCharting().snapshot;
  const rows = network.interfaces.map(({ name, isPhysical, rxRateBps, txRateBps }) => {
    return { name, isFirst: isPhysical, first: rxRateBps, second: txRateBps };
  });
  if (rows.length < 2) return null;
  const rates = [
    { name: lines.received, metric: 'network_receive_bytes_per_second' },
    { name: lines.sent, metric: 'network_transmit_bytes_per_second' },
  ] as const;
  return (
    <Section name="interfaces" section={sections.network} part="counters" source="/proc/net/dev">
      <RateTable label={interfacesLabel} by="interface" rows={rows} rates={rates} />
    </Section>
  );
}

/** What every disk reads and writes; nothing where there is only one. */
export function DiskTable() {
  const { disk, sections } = useCharting().snapshot;
  const rows = disk.devices.map(({ device, readBytesPerSecond, writtenBytesPerSecond }) => {
    return { name: device, isFirst: false, first: readBytesPerSecond, second: writtenBytesPerSecond };
  });
  if (rows.length < 2) return null;
  const rates = [
    { name: lines.read, metric: 'disk_read_bytes_per_second' },
    { name: lines.written, metric: 'disk_written_bytes_per_second' },
  ] as const;
  return (
    <Section name="disks" section={sections.disk} part="devices" source="/proc/diskstats">
      <RateTable label={disksLabel} by="device" rows={rows} rates={rates} />
    </Section>
  );
}
