import { useState } from 'react';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Choice, optionsOf } from '../../../components/form/choice.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Nothing, Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { ProcessCommand } from './process-command.tsx';
import { useProcessPreferences } from './process-preferences.ts';
import { cpuPercent, matching, type ProcessRow, processRows, type Share } from './process-rows.ts';

const words = tableTexts;

type Props = { readonly id: number; readonly snapshot: Snapshot; readonly className?: string };

/** The processes that use most, in the order of any column. */
export function ProcessSection({ id, snapshot, className = '' }: Props) {
  const { processes, cpu } = snapshot;
  const { share, sort, change } = useProcessPreferences();
  const [filter, setFilter] = useState('');
  const all = processRows(processes);
  const rows = matching(all, filter);
  return (
    <Section
      name="processes"
      section={snapshot.sections.processes}
      className={className}
      extra={
        all.length === 0 ? null : (
          <>
            <input
              type="search"
              aria-label={words.filter}
              placeholder={words.filterHint}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
              className="w-28 rounded-lg border border-line bg-surface px-2 py-1 text-base @md:w-40 sm:text-sm"
            />
            <Choice
              label={words.share}
              value={share}
              options={optionsOf(words.shares)}
              look="section"
              onChange={(chosen) => change({ share: chosen })}
            />
          </>
        )
      }
    >
      <p className="numbers text-sm text-muted">{words.counts(processes)}</p>
      {all.length === 0 ? (
        <Nothing>{hostTexts.none.processes}</Nothing>
      ) : rows.length === 0 ? (
        <p className="py-2 text-sm text-faint">{words.noMatch(all.length)}</p>
      ) : (
        <DataTable
          label={hostTexts.sections.processes}
          rows={rows}
          keyOf={(one) => one.pid}
          columns={columnsOf(id, share, cpu.cores)}
          sort={sort}
          onSort={(chosen) => change({ sort: chosen })}
        />
      )}
    </Section>
  );
}

function columnsOf(id: number, share: Share, cores: number | null): readonly Column<ProcessRow>[] {
  const percentOf = (one: ProcessRow): number => cpuPercent(one, share, cores);
  return [
    { name: words.pid, isNumber: true, isExtra: true, cell: (one) => one.pid, sortBy: (one) => Number(one.pid) },
    { name: words.user, isExtra: true, cell: (one) => one.user, sortBy: (one) => one.user },
    { name: words.cpu, isNumber: true, cell: (one) => format.percent(percentOf(one)), sortBy: percentOf },
    {
      name: words.memory,
      isNumber: true,
      cell: (one) => format.bytes(one.residentBytes),
      sortBy: (one) => one.residentBytes ?? -1,
    },
    {
      name: words.command,
      isWide: true,
      cell: (one) => <ProcessCommand id={id} process={one} />,
      sortBy: (one) => one.command,
    },
  ];
}
