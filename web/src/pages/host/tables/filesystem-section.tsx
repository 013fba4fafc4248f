import { DataTable } from '../../../components/data-table.tsx';
import { Meter } from '../../../components/meter.tsx';
import { SparkLine } from '../../../components/spark-line.tsx';
import * as format from '../../../format.ts';
import { pressureOf } from '../../../live/verdict.ts';
import { hostTexts } from '../../../texts/host.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { useCharting } from '../charts/charting.tsx';
import { fullnessLines, growthText } from '../charts/growth.ts';
import { Nothing, Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { Faint } from './small-texts.tsx';

const words = tableTexts;
const tones = { calm: '', high: 'text-warn', critical: 'text-bad' } as const;

type Props = { readonly snapshot: Snapshot; readonly className?: string };

/** How full each file system is. */
export function FilesystemSection({ snapshot, className = '' }: Props) {
  const { live: recent } = useCharting();
  const lines = fullnessLines(recent);
  const filesystems = [...snapshot.disk.filesystems].sort((a, b) => (b.percent ?? -1) - (a.percent ?? -1));
  return (
    <Section name="disk" section={snapshot.sections.disk} part="filesystems" className={className}>
      {filesystems.length === 0 ? (
        <Nothing>{hostTexts.none.mounts}</Nothing>
      ) : (
        <DataTable
          label={hostTexts.sections.disk}
          rows={filesystems}
          keyOf={(one) => `${one.mount} ${one.filesystem}`}
          columns={[
            {
              name: words.mount,
              cell: (one) => (
                <span className="block min-w-28 max-w-80 [overflow-wrap:anywhere]">
                  {one.label ? `${one.label} (${one.mount})` : one.mount}
                </span>
              ),
            },
            {
              name: words.device,
              isExtra: true,
              cell: (one) => <Faint text={`${one.filesystem}${one.type ? ` · ${one.type}` : ''}`} />,
            },
            {
              name: words.used,
              isNumber: true,
              cell: (one) => (
                <span className={`flex items-center justify-end gap-2 ${tones[pressureOf(one.percent)]}`}>
                  <Meter percent={one.percent} className="w-14 max-sm:hidden" />
                  {format.percent(one.percent)}
                </span>
              ),
            },
            {
              name: words.change,
              isNumber: true,
              isSecond: true,
              cell: (one) => (
                <span className="flex items-center justify-end gap-2 whitespace-nowrap text-muted">
                  <SparkLine values={lines.get(one.mount)?.values ?? []} max={1} size="h-4 w-12 shrink-0" />
                  {growthText(recent, lines, one)}
                </span>
              ),
            },
            { name: words.free, isNumber: true, cell: (one) => format.bytes(one.availableBytes) },
            { name: words.size, isNumber: true, isExtra: true, cell: (one) => format.bytes(one.totalBytes) },
            {
              name: words.inodes,
              isNumber: true,
              isExtra: true,
              cell: ({ inodesUsed, inodesTotal }) => {
                const share = inodesTotal && inodesUsed !== null ? (inodesUsed / inodesTotal) * 100 : null;
                return <span className={tones[pressureOf(share)]}>{format.percent(share)}</span>;
              },
            },
          ]}
        />
      )}
    </Section>
  );
}
