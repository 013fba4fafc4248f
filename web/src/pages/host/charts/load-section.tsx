import { colourOf } from '../../../charts/lines.ts';
import { texts } from '../../../texts/common.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { lineOf } from '../snapshot.ts';
import { Chart, useCharting } from './charting.tsx';
import { Headline } from './headline.tsx';

/** The three load averages. */
export function LoadSection() {
  const { recent, snapshot } = useCharting();
  const { load } = snapshot.cpu;
  return (
    <Section name="load" section={snapshot.sections.cpu} source="/proc/loadavg">
      <Headline
        value={load ? load[0].toFixed(2) : texts.dash}
        text={load ? `${load[1].toFixed(2)} · ${load[2].toFixed(2)}` : ''}
      />
      <Chart
        label={hostTexts.sections.load}
        lines={(['load1', 'load5', 'load15'] as const).map((metric, index) => ({
          name: hostTexts.lines[metric],
          colour: colourOf(index),
          values: lineOf(recent, metric),
        }))}
        format={(value) => (value === null ? texts.dash : value.toFixed(2))}
      />
    </Section>
  );
}
