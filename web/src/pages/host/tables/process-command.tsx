import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { processQuery } from '../../../api/queries.ts';
import { tableTexts } from '../../../texts/tables.ts';
import type { ProcessRow } from './process-rows.ts';

/** The command of a process on one line; pressed, all of it. */
export function ProcessCommand({ id, process }: { readonly id: number; readonly process: ProcessRow }) {
  const [isOpen, setIsOpen] = useState(false);
  const { data } = useQuery({ ...processQuery(id, process.pid), enabled: isOpen && process.isCommandCut });
  const command = (isOpen ? data?.command : undefined) ?? process.command;
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      title={isOpen ? undefined : tableTexts.wholeCommand}
      className={`block w-full text-left font-mono text-xs leading-5 ${isOpen ? 'min-w-60 whitespace-pre-wrap break-all' : 'min-w-32 truncate contain-inline-size'}`}
      onClick={() => {
        // A part of it that is being selected is not a press.
        if (getSelection()?.toString() === '') setIsOpen(!isOpen);
      }}
    >
      {command}
      {isOpen && process.isCommandCut && !data ? '…' : ''}
    </button>
  );
}
