import { DataTable } from '../../../components/data-table.tsx';
import { hostTexts } from '../../../texts/host.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Nothing, Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { Address, Faint } from './small-texts.tsx';

const words = tableTexts;

type Props = { readonly snapshot: Snapshot; readonly className?: string };

/** The rules of the firewall, by chain. */
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
      {chains.length === 0 && firewall.status !== 'unknown' ? <Nothing>{hostTexts.none.firewall}</Nothing> : null}
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
                label={`${hostTexts.sections.firewall} ${chain.name}`}
                rows={chain.rules}
                keyOf={(_rule, index) => String(index)}
                columns={[
                  { name: words.target, cell: (rule) => <span className="font-medium">{rule.target}</span> },
                  { name: words.protocol, cell: (rule) => rule.protocol },
                  {
                    name: words.sourceAddress,
                    cell: (rule) => <Address text={rule.source} whole={10} />,
                  },
                  {
                    name: words.destination,
                    cell: (rule) => <Address text={rule.destination} whole={10} />,
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
