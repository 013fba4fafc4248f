import { useState } from 'react';
import { Choice } from '../../../components/form/choice.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Nothing, Section } from '../section.tsx';
import { useCharting } from './charting.tsx';
import { Detail } from './headline.tsx';
import { RateChart } from './rate-chart.tsx';

type Traffic = { readonly readBytes: number; readonly writtenBytes: number };
const trafficOf = ({ readBytes, writtenBytes }: Traffic): number => readBytes + writtenBytes;

/** Reads and writes of one disk, the busiest until another is chosen. */
export function DiskIoSection() {
  const { snapshot } = useCharting();
  const { devices } = snapshot.disk;
  const [chosen, choose] = useState<string | null>(null);
  const one =
    devices.find(({ device }) => device === chosen) ??
    devices.reduce<(typeof devices)[number] | undefined>(
      (best, each) => (best && trafficOf(best) >= trafficOf(each) ? best : each),
      undefined,
    );
  if (!one)
    return (
      <Section name="diskIo" section={snapshot.sections.disk} part="devices" source="/proc/diskstats">
        <Nothing>{hostTexts.none.disks}</Nothing>
      </Section>
    );
  return (
    <Section
      name="diskIo"
      section={snapshot.sections.disk}
      part="devices"
      source="/proc/diskstats"
      extra={
        devices.length > 1 ? (
          <Choice
            label={hostTexts.device}
            value={one.device}
            options={devices.map(({ device }) => [device, device] as const)}
            look="section"
            onChange={choose}
          />
        ) : null
      }
    >
      <Detail text={`${one.device} · ${format.ratio(one.busyRatio)} ${hostTexts.busyDisk}`} />
      <RateChart
        label={hostTexts.sections.diskIo}
        by="device"
        of={one.device}
        rates={[
          { name: hostTexts.lines.read, metric: 'disk_read_bytes_per_second' },
          { name: hostTexts.lines.written, metric: 'disk_written_bytes_per_second', colour: 2 },
        ]}
      />
    </Section>
  );
}
