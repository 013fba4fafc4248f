import { colourOf } from '../../../charts/lines.ts';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Nothing, Section } from '../section.tsx';
import { isKnown, lineOf } from '../snapshot.ts';
import { Chart, useCharting } from './charting.tsx';

/** How long tasks waited for CPU, memory and disks (PSI). */
export function PressureSection() {
  const { recent, snapshot } = useCharting();
  const lines = (['cpu', 'memory', 'disk'] as const).map((name, index) => ({
    name: hostTexts.pressures[name],
    colour: colourOf(index),
    values: lineOf(recent, `${name}_pressure_ratio`),
  }));
  return (
    <Section name="pressure" section={snapshot.sections.cpu} source="/proc/pressure">
      {snapshot.sections.cpu?.collectedAt && !lines.some(({ values }) => isKnown(values)) ? (
        <Nothing>{hostTexts.none.pressure}</Nothing>
      ) : (
        <>
          <p className="text-sm text-muted">{hostTexts.pressureText}</p>
          <Chart label={hostTexts.sections.pressure} lines={lines} format={format.ratio} />
        </>
      )}
    </Section>
  );
}
