import { colourOf } from '../../../charts/lines.ts';
import * as format from '../../../format.ts';
import { texts } from '../../../texts/common.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { lineOf } from '../snapshot.ts';
import { Chart, useCharting } from './charting.tsx';
import { Detail } from './headline.tsx';

/** Memory and swap in use. */
export function MemorySection() {
  const { recent, snapshot } = useCharting();
  const { memory } = snapshot;
  const swap = lineOf(recent, 'swap_used_ratio');
  const hasSwap = (memory.swap?.totalBytes ?? 0) > 0;
  return (
    <Section name="memory" section={snapshot.sections.memory}>
      <Detail
        text={`${format.bytes(memory.usedBytes)} ${texts.of} ${format.bytes(memory.totalBytes)}${
          hasSwap
            ? ` · ${hostTexts.lines.swap} ${format.bytes(memory.swap?.usedBytes)} ${texts.of} ${format.bytes(memory.swap?.totalBytes)}`
            : ''
        }`}
      />
      <Chart
        label={hostTexts.sections.memory}
        lines={[
          { name: hostTexts.lines.used, colour: colourOf(0), values: lineOf(recent, 'memory_used_ratio'), fill: true },
          ...(hasSwap ? [{ name: hostTexts.lines.swap, colour: colourOf(1), values: swap }] : []),
        ]}
        max={1}
        format={format.ratio}
      />
    </Section>
  );
}
