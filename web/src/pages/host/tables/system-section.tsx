import * as format from '../../../format.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';

const words = tableTexts;

type Props = { readonly snapshot: Snapshot; readonly className?: string };

/** What the host is. */
export function SystemSection({ snapshot, className = '' }: Props) {
  const { system, uptime, cpu, memory } = snapshot;
  const facts = [
    [words.hostname, system.hostname],
    [words.os, system.os],
    [words.kernel, [system.kernelName, system.kernel].filter(Boolean).join(' ') || null],
    [words.architecture, system.architecture],
    [words.virtualisation, system.virtualisation],
    [words.cpuModel, system.cpuModel],
    [words.coreCount, cpu.cores === null ? null : String(cpu.cores)],
    [words.memory, memory.totalBytes === null ? null : format.bytes(memory.totalBytes)],
    [words.uptime, uptime.seconds === null ? null : format.duration(uptime.seconds)],
    [words.timeZone, system.timeZone],
    [words.clock, system.clockOffsetSeconds === null ? null : words.clockOffset(system.clockOffsetSeconds)],
  ] as const;
  return (
    <Section name="system" section={snapshot.sections.system} className={className}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
        {facts
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0 break-words">{value}</dd>
            </div>
          ))}
      </dl>
    </Section>
  );
}
