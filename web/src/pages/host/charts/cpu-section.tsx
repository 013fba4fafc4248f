import { useState } from 'react';
import { type ChartLine, colourOf, maxColours } from '../../../charts/lines.ts';
import { Choice, optionsOf } from '../../../components/form/choice.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { lineOf, linesOf } from '../snapshot.ts';
import { Chart, useCharting } from './charting.tsx';
import { CoreMap } from './core-map.tsx';
import { Detail } from './headline.tsx';

type CpuView = keyof typeof hostTexts.cpuViews;
const modes = ['user', 'nice', 'system', 'iowait', 'irq', 'softirq', 'steal'] as const;

/** How busy the processors are, as a whole, by mode and by core. */
export function CpuSection() {
  const { recent, snapshot } = useCharting();
  const [view, setView] = useState<CpuView>('total');
  const cores = [...linesOf(recent, 'cpu_core_ratio', 'core')];
  const lines: Readonly<Record<CpuView, readonly ChartLine[]>> = {
    total: [{ name: hostTexts.lines.busy, colour: colourOf(0), values: lineOf(recent, 'cpu_ratio'), fill: true }],
    breakdown: modes
      .map((mode) => ({ name: hostTexts.modes[mode], values: lineOf(recent, `cpu_${mode}_ratio`) }))
      .filter(({ name, values }) => name === hostTexts.modes.user || values.some((value) => (value ?? 0) > 0.001))
      .map((line, index) => ({ ...line, colour: colourOf(index) })),
    cores: cores.map(([core, { values }], index) => ({
      name: `${hostTexts.core} ${core}`,
      colour: colourOf(index),
      values,
    })),
  };
  return (
    <Section
      name="cpu"
      section={snapshot.sections.cpu}
      extra={
        <Choice
          label={hostTexts.cpuView}
          value={view}
          options={optionsOf(hostTexts.cpuViews)}
          look="section"
          onChange={setView}
        />
      }
    >
      <Detail text={hostTexts.cores(snapshot.cpu.cores)} />
      {view === 'cores' && snapshot.cpu.perCore.length > maxColours ? (
        <CoreMap cores={snapshot.cpu.perCore} />
      ) : (
        <Chart
          label={hostTexts.sections.cpu}
          lines={lines[view]}
          stacked={view === 'breakdown'}
          max={1}
          format={format.ratio}
        />
      )}
    </Section>
  );
}
