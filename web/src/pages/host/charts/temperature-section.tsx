import { colourOf, maxColours } from '../../../charts/lines.ts';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { linesOf } from '../snapshot.ts';
import { Chart, More, useCharting } from './charting.tsx';
import { Headline } from './headline.tsx';

/** The temperature of each sensor. */
export function TemperatureSection() {
  const { recent, snapshot } = useCharting();
  const newest = (values: readonly (number | null)[]): number => values.findLast((value) => value !== null) ?? -1000;
  const { highestCelsius } = snapshot.temperature;
  // The highest that tells how hot the host is comes first: a board's input may read more and mean nothing.
  const highest = snapshot.temperature.sensors.find(({ celsius }) => celsius === highestCelsius)?.label;
  const sensors = [...linesOf(recent, 'temperature_celsius', 'sensor')].sort(
    ([nameA, a], [nameB, b]) =>
      Number(nameB === highest) - Number(nameA === highest) || newest(b.values) - newest(a.values),
  );
  if (snapshot.temperature.sensors.length === 0)
    return <Section name="temperature" section={snapshot.sections.temperature} />;
  return (
    <Section name="temperature" section={snapshot.sections.temperature}>
      <Headline
        value={format.celsius(highestCelsius)}
        text={[hostTexts.highest, highest].filter((part) => part).join(' · ')}
      />
      <Chart
        label={hostTexts.sections.temperature}
        lines={sensors
          .slice(0, maxColours)
          // By name, so that colours do not change with every degree.
          .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
          .map(([name, { values }], index) => ({ name, colour: colourOf(index), values }))}
        format={format.celsius}
      />
      <More count={sensors.length === 0 ? 0 : snapshot.temperature.sensors.length - maxColours} />
    </Section>
  );
}
