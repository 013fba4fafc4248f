import { useState } from 'react';
import { DataTable } from '../../../components/data-table.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Choice } from '../choice.tsx';
import { Nothing, Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';

const words = tableTexts;

type Props = { readonly snapshot: Snapshot; readonly className?: string };

/** The processes that use most. */
export function ProcessSection({ snapshot, className = '' }: Props) {
  const { processes } = snapshot;
  const [order, setOrder] = useState<'cpu' | 'memory'>('cpu');
  const rows = order === 'memory' ? processes.topMemory : processes.top;
  return (
    <Section
      name="processes"
      section={snapshot.sections.processes}
      className={className}
      extra={
        <Choice
          label={words.order}
          value={order}
          options={{ cpu: words.byCpu, memory: words.byMemory }}
          onChange={setOrder}
        />
      }
    >
      <p className="numbers text-sm text-muted">{words.counts(processes)}</p>
      {rows.length === 0 ? (
        <Nothing>{hostTexts.none.processes}</Nothing>
      ) : (
        <DataTable
          label={hostTexts.sections.processes}
          rows={rows}
          keyOf={(one) => one.pid}
          columns={[
            { name: words.pid, isNumber: true, isExtra: true, cell: (one) => one.pid },
            { name: words.user, isExtra: true, cell: (one) => one.user },
            { name: words.cpu, isNumber: true, cell: (one) => format.percent(Number(one.cpu)) },
            { name: words.memory, isNumber: true, cell: (one) => format.bytes(one.residentBytes) },
            {
              name: words.command,
              cell: (one) => (
                <span className="block max-w-96 truncate font-mono text-xs leading-5" title={one.command}>
                  {one.command}
                </span>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}
