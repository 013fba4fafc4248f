import { DataTable } from '../../../components/data-table.tsx';
import { texts } from '../../../texts/common.ts';
import { hostTexts } from '../../../texts/host.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Nothing, Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { Address, Faint } from './small-texts.tsx';

const words = tableTexts;

type Props = { readonly snapshot: Snapshot; readonly className?: string };

/** What listens on the host. */
export function PortSection({ snapshot, className = '' }: Props) {
  const { ports } = snapshot.ports;
  return (
    <Section name="ports" section={snapshot.sections.ports} className={className}>
      {ports.length === 0 ? (
        snapshot.sections.ports?.collectedAt ? (
          <Nothing>{hostTexts.none.ports}</Nothing>
        ) : null
      ) : (
        <DataTable
          label={hostTexts.sections.ports}
          rows={ports}
          keyOf={(one, index) => `${one.protocol} ${one.localAddress} ${one.localPort} ${index}`}
          columns={[
            { name: words.port, isNumber: true, cell: (one) => one.localPort },
            { name: words.protocol, cell: (one) => one.protocol },
            {
              name: words.address,
              cell: (one) => <Address text={one.localAddress} />,
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
