import { useState } from 'react';
import { colourOf, maxColours } from '../../../charts/lines.ts';
import { Choice, optionsOf } from '../../../components/form/choice.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import { linesOf } from '../snapshot.ts';
import { Chart, More, useCharting } from './charting.tsx';
import { Headline } from './headline.tsx';

const spaceMetrics = { space: 'filesystem_used_ratio', inodes: 'filesystem_inodes_used_ratio' } as const;

/** How full the fullest file systems are. */
export function DiskSpaceSection() {
  const { recent, snapshot } = useCharting();
  const [view, setView] = useState<keyof typeof spaceMetrics>('space');
  const now = (values: readonly (number | null)[]): number => values.findLast((value) => value !== null) ?? 0;
  // Not all have a line, and some that have one are hidden by the host's settings.
  const { filesystems } = snapshot.disk;
  const shown = new Set(filesystems.map(({ mount }) => mount));
  const lines = [...linesOf(recent, spaceMetrics[view], 'mount')]
    .filter(([mount]) => shown.has(mount))
    .sort(([, a], [, b]) => now(b.values) - now(a.values))
    .slice(0, maxColours)
    .map(([name, { values }], index) => ({ name, colour: colourOf(index), values }));
  const [fullest] = lines;
  return (
    <Section
      name="diskSpace"
      section={snapshot.sections.disk}
      part="filesystems"
      extra={
        <Choice
          label={hostTexts.diskView}
          value={view}
          options={optionsOf(hostTexts.diskViews)}
          look="section"
          onChange={setView}
        />
      }
    >
      {fullest ? (
        <Headline
          value={format.percent(filesystems.find(({ mount }) => mount === fullest.name)?.percent)}
          text={fullest.name}
        />
      ) : null}
      <Chart label={hostTexts.sections.diskSpace} lines={lines} max={1} format={format.ratio} />
      <More count={lines.length === 0 ? 0 : filesystems.length - lines.length} />
    </Section>
  );
}
