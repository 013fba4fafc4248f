import { useState } from 'react';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Choice } from '../choice.tsx';
import { Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { useCharting } from './charting.tsx';
import { Headline } from './headline.tsx';
import { RateChart } from './rate-chart.tsx';
import { RateTable } from './rate-table.tsx';

/** Traffic of one interface, the busiest until another is chosen. */
export function NetworkSection() {
  const { snapshot } = useCharting();
  const { interfaces } = snapshot.network;
  const [chosen, choose] = useState<string | null>(null);
  const total = (one: (typeof interfaces)[number]): number => Number(one.rxBytes ?? 0) + Number(one.txBytes ?? 0);
  const busiest = interfaces
    .filter(({ name }) => name !== 'lo')
    .reduce<(typeof interfaces)[number] | undefined>(
      (best, one) => (best && total(best) >= total(one) ? best : one),
      undefined,
    );
  const one = interfaces.find(({ name }) => name === chosen) ?? busiest ?? interfaces[0];
  return (
    <Section
      name="network"
      section={snapshot.sections.network}
      part="counters"
      extra={
        interfaces.length > 1 ? (
          <Choice
            label={hostTexts.interface}
            value={one?.name ?? ''}
            options={Object.fromEntries(interfaces.map(({ name }) => [name, name]))}
            onChange={choose}
          />
        ) : null
      }
    >
      {one ? (
        <>
          <Headline
            value={`↓ ${format.bytesPerSecond(one.rxRateBps)}  ↑ ${format.bytesPerSecond(one.txRateBps)}`}
            text={`${one.name} · ${one.addresses.slice(0, 2).join(' · ') || one.ip} · ${one.state.toLowerCase()}${problems(one)}`}
          />
          <RateChart
            label={hostTexts.sections.network}
            by="interface"
            of={one.name}
            rates={[
              { name: hostTexts.lines.received, metric: 'network_receive_bytes_per_second' },
              { name: hostTexts.lines.sent, metric: 'network_transmit_bytes_per_second' },
            ]}
          />
          <RateTable
            label={hostTexts.interfaces}
            by="interface"
            rows={interfaces.map(({ name, rxRateBps, txRateBps }) => ({ name, first: rxRateBps, second: txRateBps }))}
            rates={[
              { name: hostTexts.lines.received, metric: 'network_receive_bytes_per_second' },
              { name: hostTexts.lines.sent, metric: 'network_transmit_bytes_per_second' },
            ]}
          />
        </>
      ) : null}
    </Section>
  );
}

function problems(one: Snapshot['network']['interfaces'][number]): string {
  const errors = (one.rxErrors ?? 0) + (one.txErrors ?? 0);
  const dropped = (one.rxDropped ?? 0) + (one.txDropped ?? 0);
  return [
    errors > 0 ? ` · ${errors} ${hostTexts.errors}` : '',
    dropped > 0 ? ` · ${dropped} ${hostTexts.dropped}` : '',
  ].join('');
}
