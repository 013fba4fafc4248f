import type { FactsByName } from '../../model/facts.ts';
import type { SnapshotSection } from '../../model/snapshot.ts';
import { rounded } from './scale.ts';

export function networkView(facts: FactsByName['network'] | null) {
  return {
    interfaces: (facts?.interfaces ?? []).map((one) => ({
      name: one.name,
      ip:
        one.addresses.find((address) => address.includes('.'))?.split('/')[0] ??
        one.addresses[0]?.split('/')[0] ??
        'N/A',
      state: one.state.toUpperCase(),
      rxBytes: String(one.receivedBytes),
      txBytes: String(one.sentBytes),
      rxRateBps: rounded(one.receivedBytesPerSecond),
      txRateBps: rounded(one.sentBytesPerSecond),
      addresses: one.addresses,
      rxPackets: one.receivedPackets,
      txPackets: one.sentPackets,
      rxErrors: one.receiveErrors,
      txErrors: one.sendErrors,
      rxDropped: one.receiveDropped,
      txDropped: one.sendDropped,
    })),
  };
}

export function portsView(section: SnapshotSection<FactsByName['ports']> | null) {
  const source = section?.source ?? '';
  return {
    source: source.startsWith('ss') ? 'ss' : section?.facts ? 'netstat' : 'none',
    ports: (section?.facts?.ports ?? []).map(({ state, pid, process, ...rest }) => ({
      ...rest,
      ...(state === null ? {} : { state }),
      ...(pid === null ? {} : { pid }),
      ...(process === null ? {} : { process }),
    })),
  };
}

export function firewallView(facts: FactsByName['firewall'] | null) {
  return {
    type: facts?.type ?? 'none',
    status: facts?.status ?? 'unknown',
    chains: facts?.chains ?? [],
    frontend: facts?.frontend ?? null,
  };
}
