import { colourOf } from '../../../charts/lines.ts';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { linesOf } from '../snapshot.ts';
import { Chart, useCharting } from './charting.tsx';
import { Headline } from './headline.tsx';

/** The temperature of each sensor. */
export function TemperatureSection() {
  const { recent, snapshot } = useCharting();
  const sensors = [...linesOf(recent, 'temperature_celsius', 'sensor')].slice(0, 6);
  if (snapshot.temperature.sensors.length === 0)
    return <Section name="temperature" section={snapshot.sections.temperature} />;
  return (
    <Section name="temperature" section={snapshot.sections.temperature}>
      <Headline value={format.celsius(snapshot.temperature.highestCelsius)} text={hostTexts.highest} />
      <Chart
        label={hostTexts.sections.temperature}
        lines={sensors.map(([name, { values }], index) => ({ name, colour: colourOf(index), values }))}
        format={format.celsius}
      />
    </Section>
  );
}
