import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { useCharting } from './charting.tsx';
import { RateTable } from './rate-table.tsx';

/** What every interface receives and sends; nothing where there is only one. */
export function InterfaceTable() {
  const { snapshot } = useCharting();
  const { interfaces } = snapshot.network;
  if (interfaces.length < 2) return null;
  return (
    <Section name="interfaces" section={snapshot.sections.network} part="counters" source="/proc/net/dev">
      <RateTable
        label={hostTexts.interfaces}
        by="interface"
        rows={interfaces.map(({ name, isPhysical, rxRateBps, txRateBps }) => {
          return { name, isFirst: isPhysical, first: rxRateBps, second: txRateBps };
        })}
        rates={[
          { name: hostTexts.lines.received, metric: 'network_receive_bytes_per_second' },
          { name: hostTexts.lines.sent, metric: 'network_transmit_bytes_per_second' },
        ]}
      />
    </Section>
  );
}

/** What every disk reads and writes; nothing where there is only one. */
export function DiskTable() {
  const { snapshot } = useCharting();
  const { devices } = snapshot.disk;
  if (devices.length < 2) return null;
  return (
    <Section name="disks" section={snapshot.sections.disk} part="devices" source="/proc/diskstats">
      <RateTable
        label={hostTexts.disks}
        by="device"
        rows={devices.map(({ device, readBytesPerSecond, writtenBytesPerSecond }) => ({
          name: device,
          isFirst: false,
          first: readBytesPerSecond,
          second: writtenBytesPerSecond,
        }))}
        rates={[
          { name: hostTexts.lines.read, metric: 'disk_read_bytes_per_second' },
          { name: hostTexts.lines.written, metric: 'disk_written_bytes_per_second' },
        ]}
      />
    </Section>
  );
}
