import { useState } from 'react';
import { colourOf } from '../../../charts/lines.ts';
import { Choice } from '../../../components/form/choice.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { lineOf } from '../snapshot.ts';
import { Chart, useCharting } from './charting.tsx';
import { Detail } from './headline.tsx';
import { RateChart } from './rate-chart.tsx';

type Interface = Snapshot['network']['interfaces'][number];

const bytesOf = ({ rxBytes, txBytes }: Interface): number => Number(rxBytes ?? 0) + Number(txBytes ?? 0);

/** What is chosen for all physical interfaces together; no interface has this name. */
const together = '';

/** Traffic of one interface, the busiest physical one until another is chosen, or of all physical ones together. */
export function NetworkSection() {
  const { snapshot } = useCharting();
  const { interfaces } = snapshot.network;
  const [chosen, choose] = useState<string | null>(null);
  const physical = interfaces.filter(({ isPhysical }) => isPhysical);
  const busiest = (physical.length > 0 ? physical : interfaces).reduce<Interface | undefined>(
    (best, one) => (best && bytesOf(best) >= bytesOf(one) ? best : one),
    undefined,
  );
  const one = interfaces.find(({ name }) => name === chosen) ?? busiest;
  const isTogether = chosen === together && physical.length > 1;
  return (
    <Section
      name="network"
      section={snapshot.sections.network}
      part="counters"
      extra={
        interfaces.length > 1 ? (
          <Choice
            label={hostTexts.interface}
            value={isTogether ? together : (one?.name ?? together)}
            options={[
              ...(physical.length > 1 ? [[together, hostTexts.allPhysical(physical.length)] as const] : []),
              ...interfaces.map(({ name }) => [name, name] as const),
            ]}
            look="section"
            onChange={choose}
          />
        ) : null
      }
    >
      {isTogether ? (
        <TogetherChart interfaces={physical} />
      ) : one ? (
        <>
          <Detail text={`${[one.name, ...addressesOf(one), one.state.toLowerCase()].join(' · ')}${problems(one)}`} />
          <RateChart
            label={hostTexts.sections.network}
            by="interface"
            of={one.name}
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

function TogetherChart({ interfaces }: { readonly interfaces: readonly Interface[] }) {
  const { recent } = useCharting();
  const lines = [
    { name: hostTexts.lines.received, values: lineOf(recent, 'network_physical_receive_bytes_per_second') },
    { name: hostTexts.lines.sent, values: lineOf(recent, 'network_physical_transmit_bytes_per_second') },
  ];
  return (
    <>
      <Detail text={interfaces.map(({ name }) => name).join(' · ')} />
      <Chart
        label={hostTexts.sections.network}
        lines={lines.map((line, index) => ({ ...line, colour: colourOf(index), fill: index === 0 }))}
        format={format.bytesPerSecond}
        isBinary
      />
    </>
  );
}

function addressesOf({ addresses }: Interface): readonly string[] {
  const more = addresses.length - 2;
  return [...addresses.slice(0, 2), ...(more > 0 ? [hostTexts.moreAddresses(more)] : [])];
}

function problems(one: Interface): string {
  const errors = (one.rxErrors ?? 0) + (one.txErrors ?? 0);
  const dropped = (one.rxDropped ?? 0) + (one.txDropped ?? 0);
  return [
    errors > 0 ? ` · ${errors} ${hostTexts.errors}` : '',
    dropped > 0 ? ` · ${dropped} ${hostTexts.dropped}` : '',
  ].join('');
}
