import type { ReactNode } from 'react';
import { SideBySide } from '../../../components/layout/side-by-side.tsx';
import { AccountSection } from '../changes/account-section.tsx';
import { DiskTable, InterfaceTable } from '../charts/rate-sections.tsx';
import type { Snapshot } from '../snapshot.ts';
import { FirewallSection } from './firewall-section.tsx';
import { FootprintSection } from './footprint-section.tsx';
import { LoginSection } from './login-section.tsx';
import { MemoryDetail } from './memory-detail.tsx';
import { NetworkDetail } from './network-detail.tsx';
import { PortSection } from './port-section.tsx';
import { SystemSection } from './system-section.tsx';

/** The sections that are not charts, side by side. `look`: the class of those that show the host's numbers. */
export function Tables({
  id,
  snapshot,
  look,
}: {
  readonly id: number;
  readonly snapshot: Snapshot;
  readonly look: string;
}) {
  const { network, disk, ports, login_stats, accounts, firewall, sections } = snapshot;
  const roots = accounts.accounts.filter(({ becomesRoot }) => becomesRoot.length > 0);
  const rules = firewall.chains.reduce((sum, chain) => sum + linesOf(chain.rules, 10), 0);
  const part = (key: string, height: number, node: ReactNode) => ({
    key,
    height: sections[key]?.error && sections[key].collectedAt === null ? absentLines : height,
    node: <div className={look}>{node}</div>,
  });
  return (
    <SideBySide
      parts={[
        ...(network.interfaces.length > 1
          ? [part('interfaces', linesOf(network.interfaces, 6), <InterfaceTable />)]
          : []),
        ...(disk.devices.length > 1 ? [part('disks', linesOf(disk.devices, 6), <DiskTable />)] : []),
        part('network', 4 + linesOf(network.interfaces, 4), <NetworkDetail snapshot={snapshot} />),
        part('memory', 6, <MemoryDetail snapshot={snapshot} />),
        part(
          'login_stats',
          linesOf(login_stats.failedLogins, 5) + linesOf(login_stats.recentLogins, 8),
          <LoginSection snapshot={snapshot} />,
        ),
        part('accounts', 2 + linesOf(roots, 8), <AccountSection snapshot={snapshot} />),
        part('ports', linesOf(ports.ports, 10), <PortSection snapshot={snapshot} />),
        part('system', 9, <SystemSection snapshot={snapshot} />),
        part('firewall', 2 + rules, <FirewallSection snapshot={snapshot} />),
        { key: 'footprint', height: 14, node: <FootprintSection id={id} /> },
      ]}
    />
  );
}

/** Of a section that only says why it is not there. */
const absentLines = 4;

/** How tall a table is, in lines; roughly, so that a section does not move to another column for one row more. */
function linesOf(rows: readonly unknown[], first: number): number {
  return 3 + Math.ceil(Math.min(rows.length, first) / 4) * 4;
}
