import { useQuery } from '@tanstack/react-query';
import type { KnownSections } from '../../../../src/http/views/known-sections.ts';
import type { SectionText } from '../../../../src/http/views/sections.ts';
import { sectionsQuery } from '../../api/queries.ts';
import { colourOf, maxColours } from '../../charts/lines.ts';
import { unitFormat } from '../../format-unit.ts';
import { Chart, More, useCharting } from './charts/charting.tsx';
import { Section } from './section.tsx';

type Metric = SectionText['metrics'][number];
type Labels = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, number | null | readonly { readonly labels: Labels; readonly value: number }[]>>;

/** The sections that have components of their own. */
const own: Readonly<Record<keyof KnownSections, true>> = {
  cpu: true,
  memory: true,
  disk: true,
  network: true,
  uptime: true,
  processes: true,
  system: true,
  login_stats: true,
  ports: true,
  firewall: true,
  temperature: true,
  accounts: true,
};
const maxRows = 20;

/** The kept metrics of sections that the page has no component for. */
export function otherMetrics(sections: readonly SectionText[]): readonly string[] {
  return sections
    .filter(({ name }) => !(name in own))
    .flatMap(({ metrics }) => metrics.filter(({ kept }) => kept).map(({ name }) => name));
}

/** Every section that the page has no component for: its metrics as they are now, and lines of those that are kept. */
export function OtherSections() {
  const { data = [] } = useQuery(sectionsQuery);
  return data.filter(({ name }) => !(name in own)).map((one) => <MetricsSection key={one.name} description={one} />);
}

function MetricsSection({ description: { name, title, metrics } }: { readonly description: SectionText }) {
  const { snapshot } = useCharting();
  // Safe: without a view of its own a section's fields are its metrics.
  const fields = (snapshot as unknown as Readonly<Record<string, Fields>>)[name] ?? {};
  const rows = metrics.flatMap((metric) => rowsOf(metric, fields[metric.name] ?? null));
  const units = [...new Set(metrics.filter(({ kept }) => kept).map(({ unit }) => unit))];
  return (
    <Section name={name} title={title} section={snapshot.sections[name]}>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5 text-sm">
        {rows.slice(0, maxRows).map(({ label, value }) => (
          <div key={label} className="contents">
            <dt className="min-w-0 break-words text-muted">{label}</dt>
            <dd className="numbers text-right">{value}</dd>
          </div>
        ))}
      </dl>
      <More count={rows.length - maxRows} />
      {units.map((unit) => (
        <Lines key={unit} title={title} metrics={metrics.filter((one) => one.kept && one.unit === unit)} />
      ))}
    </Section>
  );
}

/** The lines of metrics that have one unit. */
function Lines({ title, metrics }: { readonly title: string; readonly metrics: readonly Metric[] }) {
  const { recent } = useCharting();
  const lines = metrics.flatMap(({ name, help }) =>
    [...(recent?.series.values() ?? [])]
      .filter(({ metric }) => metric === name)
      .map(({ labels, values }) => ({ name: nameOf(help, labels), values })),
  );
  const [{ unit } = { unit: '' }] = metrics;
  return (
    <>
      <Chart
        label={title}
        lines={lines.slice(0, maxColours).map((line, index) => ({ ...line, colour: colourOf(index) }))}
        {...(unit === 'ratio' ? { max: 1 } : {})}
        isBinary={unit.startsWith('bytes')}
        format={unitFormat(unit)}
      />
      <More count={lines.length - maxColours} />
    </>
  );
}

function rowsOf({ help, unit }: Metric, value: Fields[string]): readonly { label: string; value: string }[] {
  if (value === null || typeof value === 'number') return [{ label: help, value: unitFormat(unit)(value) }];
  return value.map((one) => ({ label: nameOf(help, one.labels), value: unitFormat(unit)(one.value) }));
}

function nameOf(help: string, labels: Labels): string {
  return [help, ...Object.values(labels)].join(' · ');
}
