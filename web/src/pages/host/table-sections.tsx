import { useState } from 'react';
import { DataTable } from '../../components/data-table.tsx';
import { Meter } from '../../components/meter.tsx';
import * as format from '../../format.ts';
import { pressureOf } from '../../live/verdict.ts';
import { texts } from '../../texts.ts';
import { Nothing, Section } from './section.tsx';
import type { Snapshot } from './snapshot.ts';

const words = texts.host.tables;
const tones = { calm: '', high: 'text-warn', critical: 'text-bad' } as const;

type Props = { readonly snapshot: Snapshot; readonly className?: string };

export function FilesystemSection({ snapshot, className = '' }: Props) {
  const { filesystems } = snapshot.disk;
  return (
    <Section name="disk" section={snapshot.sections.disk} className={className}>
      {filesystems.length === 0 ? (
        <Nothing>{texts.host.none.mounts}</Nothing>
      ) : (
        <DataTable
          label={texts.host.sections.disk}
          rows={filesystems}
          keyOf={(one) => `${one.mount} ${one.filesystem}`}
          columns={[
            {
              name: words.mount,
              cell: (one) => (
                <span className="block max-w-64 truncate" title={one.mount}>
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
                  <Meter percent={one.percent} className="w-20 max-sm:hidden" />
                  {format.percent(one.percent)}
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

export function ProcessSection({ snapshot, className = '' }: Props) {
  const { processes } = snapshot;
  const [byMemory, setByMemory] = useState(false);
  const rows = byMemory ? processes.topMemory : processes.top;
  return (
    <Section
      name="processes"
      section={snapshot.sections.processes}
      className={className}
      extra={
        <select
          aria-label={words.order}
          value={byMemory ? 'memory' : 'cpu'}
          onChange={(event) => setByMemory(event.target.value === 'memory')}
          className="rounded-lg border border-line bg-surface px-2 py-1 text-sm"
        >
          <option value="cpu">{words.byCpu}</option>
          <option value="memory">{words.byMemory}</option>
        </select>
      }
    >
      <p className="numbers text-sm text-muted">{words.counts(processes)}</p>
      {rows.length === 0 ? (
        <Nothing>{texts.host.none.processes}</Nothing>
      ) : (
        <DataTable
          label={texts.host.sections.processes}
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

export function PortSection({ snapshot, className = '' }: Props) {
  const { ports } = snapshot.ports;
  return (
    <Section name="ports" section={snapshot.sections.ports} className={className}>
      {ports.length === 0 ? (
        snapshot.sections.ports?.collectedAt ? (
          <Nothing>{texts.host.none.ports}</Nothing>
        ) : null
      ) : (
        <DataTable
          label={texts.host.sections.ports}
          rows={ports}
          keyOf={(one, index) => `${one.protocol} ${one.localAddress} ${one.localPort} ${index}`}
          columns={[
            { name: words.port, isNumber: true, cell: (one) => one.localPort },
            { name: words.protocol, cell: (one) => one.protocol },
            {
              name: words.address,
              cell: (one) => <span className="break-all font-mono text-xs leading-5">{one.localAddress}</span>,
            },
            {
              name: words.process,
              cell: (one) =>
                'process' in one && one.process ? (
                  `${one.process}${one.pid ? ` (${one.pid})` : ''}`
                ) : (
                  <Faint text={texts.dash} />
                ),
            },
          ]}
        />
      )}
    </Section>
  );
}

export function LoginSection({ snapshot, className = '' }: Props) {
  const { recentLogins, failedLogins } = snapshot.login_stats;
  const columns = [
    { name: words.user, cell: (one: Login) => one.user },
    {
      name: words.from,
      cell: (one: Login) => <span className="break-all font-mono text-xs leading-5">{one.ip || texts.dash}</span>,
    },
    { name: words.when, cell: (one: Login) => <span className="numbers">{format.time(one.time)}</span> },
    { name: words.terminal, isExtra: true, cell: (one: Login) => <Faint text={one.terminal ?? texts.dash} /> },
  ];
  return (
    <Section name="login_stats" section={snapshot.sections.login_stats} className={className}>
      <h3 className={`text-sm font-medium ${failedLogins.length > 0 ? 'text-bad' : 'text-muted'}`}>
        {words.failed} <span className="numbers">{failedLogins.length}</span>
      </h3>
      {failedLogins.length > 0 ? (
        <div className="rounded-lg bg-bad-soft/50 px-3 py-1">
          <DataTable
            label={words.failed}
            rows={failedLogins}
            columns={columns}
            keyOf={(one, index) => `${one.time} ${one.user} ${index}`}
            first={5}
          />
        </div>
      ) : (
        <Nothing>{texts.host.none.failed}</Nothing>
      )}
      <h3 className="text-sm font-medium text-muted">
        {words.successful} <span className="numbers">{recentLogins.length}</span>
      </h3>
      {recentLogins.length > 0 ? (
        <DataTable
          label={words.successful}
          rows={recentLogins}
          columns={columns}
          keyOf={(one, index) => `${one.time} ${one.user} ${index}`}
          first={8}
        />
      ) : (
        <Nothing>{texts.host.none.logins}</Nothing>
      )}
    </Section>
  );
}

type Login = Snapshot['login_stats']['recentLogins'][number];

export function FirewallSection({ snapshot, className = '' }: Props) {
  const { firewall } = snapshot;
  const chains = firewall.chains;
  return (
    <Section name="firewall" section={snapshot.sections.firewall} className={className}>
      <p className="text-sm text-muted">
        {words.firewall[firewall.status]}
        {firewall.type === 'none' ? '' : ` · ${firewall.type}`}
        {firewall.frontend ? ` · ${firewall.frontend}` : ''}
      </p>
      {chains.length === 0 && firewall.status !== 'unknown' ? <Nothing>{texts.host.none.firewall}</Nothing> : null}
      {chains.map((chain) => (
        <details
          key={`${chain.family} ${chain.table} ${chain.name}`}
          open={chain.rules.length > 0 && chains.length < 6}
          className="group"
        >
          <summary className="flex flex-wrap items-baseline gap-x-2 rounded text-sm">
            <span className="font-medium">{chain.name}</span>
            <span className="text-xs text-faint">
              {chain.family} {chain.table} · {words.policy} {chain.policy} · {words.rules(chain.rules.length)}
            </span>
          </summary>
          {chain.rules.length > 0 ? (
            <div className="pt-2">
              <DataTable
                label={`${texts.host.sections.firewall} ${chain.name}`}
                rows={chain.rules}
                keyOf={(_rule, index) => String(index)}
                columns={[
                  { name: words.target, cell: (rule) => <span className="font-medium">{rule.target}</span> },
                  { name: words.protocol, cell: (rule) => rule.protocol },
                  {
                    name: words.sourceAddress,
                    cell: (rule) => <span className="break-all font-mono text-xs leading-5">{rule.source}</span>,
                  },
                  {
                    name: words.destination,
                    cell: (rule) => <span className="break-all font-mono text-xs leading-5">{rule.destination}</span>,
                  },
                  { name: words.port, cell: (rule) => rule.dport ?? rule.sport ?? '' },
                  {
                    name: words.more,
                    isExtra: true,
                    cell: (rule) => (
                      <Faint text={[rule.interface, rule.state, rule.extra].filter((part) => part).join(' · ')} />
                    ),
                  },
                ]}
              />
            </div>
          ) : null}
        </details>
      ))}
    </Section>
  );
}

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

function Faint({ text }: { readonly text: string }) {
  return (
    <span className="block max-w-56 truncate text-muted" title={text}>
      {text}
    </span>
  );
}
