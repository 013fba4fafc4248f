import type { SectionText } from '../../../../../src/http/views/sections.ts';
import { type Severity, severities } from '../../../../../src/model/alerts/severity.ts';
import { Choice, optionsOf } from '../../../components/form/choice.tsx';
import { alertTexts } from '../../../texts/alerts/incidents.ts';
import { ruleFormTexts as words } from '../../../texts/alerts/rules.ts';
import type { Draft, FormKind } from './draft.ts';
import { EventFields } from './event-fields.tsx';
import { type Metrics, nameOf } from './sentence.ts';
import { box, Line, Value } from './sentence-parts.tsx';
import { typedUnit } from './units.ts';

const kinds = ['metric', 'forecast', 'event', 'status', 'not-sampled'] as const satisfies readonly FormKind[];

type Change = (part: Partial<Draft>) => void;
type Props = {
  readonly draft: Draft;
  readonly sections: readonly SectionText[];
  readonly metrics: Metrics;
  /** The metrics of the further tests, in their order, with how they are compared. */
  readonly further: readonly { readonly metric: string; readonly op: '>' | '<' }[];
  readonly onChange: Change;
  readonly onKind: (kind: FormKind) => void;
};

/** When a rule opens an incident: fields in a sentence. */
export function SentenceFields(props: Props) {
  const { draft, onChange, onKind } = props;
  const isState = draft.kind === 'status' || draft.kind === 'not-sampled';
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-xl bg-sunken p-4">
      <legend className="sr-only">{words.sentence}</legend>
      <Line>
        {words.open}
        <Choice
          look="sentence"
          label={words.severity}
          value={draft.severity}
          options={severities.map((one) => [one, alertTexts.severities[one].toLowerCase()] as const)}
          onChange={(severity: Severity) => onChange({ severity })}
        />
        {words.incidentWhen}
        <Choice
          look="sentence"
          label={words.kind}
          value={draft.kind}
          options={kinds.map((one) => [one, words.kinds[one]] as const)}
          onChange={onKind}
        />
        {isState ? <Lasting {...props} /> : null}
      </Line>
      {draft.kind === 'metric' ? <MetricFields {...props} /> : null}
      {draft.kind === 'forecast' ? <ForecastFields {...props} /> : null}
      {draft.kind === 'event' ? <EventFields draft={draft} onChange={onChange} /> : <Closing {...props} />}
    </fieldset>
  );
}

/** When it is over. */
function Closing(props: Props) {
  const { draft, onChange } = props;
  return (
    <Line>
      {draft.kind === 'metric' ? (
        <>
          {words.closes}
          <Value label={words.clear} value={draft.clear} onChange={(clear) => onChange({ clear })} />
          {unitOf(props, draft.metric)} {words.for}
        </>
      ) : (
        words.closesOther
      )}
      <Value
        label={words.keepMinutes}
        value={draft.keepMinutes}
        onChange={(keepMinutes) => onChange({ keepMinutes })}
      />
      {words.minutes}
      {words.stop}
    </Line>
  );
}

function MetricFields(props: Props) {
  const { draft, onChange } = props;
  return (
    <>
      <MetricPick {...props} />
      <Line>
        <Choice
          look="sentence"
          label={words.over}
          value={draft.over}
          options={optionsOf(words.overs)}
          onChange={(over: Draft['over']) => onChange({ over })}
        />
        {words.is}
        <Choice
          look="sentence"
          label={words.stat}
          value={draft.stat}
          options={optionsOf(words.stats)}
          onChange={(stat: Draft['stat']) => onChange({ stat })}
        />
        {draft.stat === 'last' ? null : (
          <>
            {words.in}
            <Value
              label={words.window}
              value={draft.windowMinutes}
              onChange={(windowMinutes) => onChange({ windowMinutes })}
            />
            {words.minutes}
          </>
        )}
        <Choice
          look="sentence"
          label={words.op}
          value={draft.op}
          options={optionsOf(words.ops)}
          onChange={(op: Draft['op']) => onChange({ op })}
        />
        <Value label={words.fire} value={draft.fire} onChange={(fire) => onChange({ fire })} />
        {unitOf(props, draft.metric)}
      </Line>
      <Further {...props} />
      <Line>
        <Lasting {...props} />
      </Line>
    </>
  );
}

function ForecastFields(props: Props) {
  const { draft, onChange } = props;
  return (
    <>
      <MetricPick {...props} />
      <Line>
        {words.reaches}
        <Value label={words.fire} value={draft.fire} onChange={(fire) => onChange({ fire })} />
        {unitOf(props, draft.metric)} {words.within}
        <Value
          label={words.withinHours}
          value={draft.withinHours}
          onChange={(withinHours) => onChange({ withinHours })}
        />
        {words.hours} <Lasting {...props} />
      </Line>
      <Line>
        {words.trend}
        <Value
          label={words.trendWindow}
          value={draft.windowMinutes}
          onChange={(windowMinutes) => onChange({ windowMinutes })}
        />
        {words.trendMinutes}
      </Line>
      <Further {...props} />
    </>
  );
}

/** What must be true as well. */
function Further({ draft, metrics, further, onChange }: Props) {
  return further.map(({ metric, op }, index) => (
    <Line key={metric}>
      {words.and} {nameOf(metric, metrics)} {words.is} {words.ops[op]}
      <Value
        label={`${words.fire}: ${nameOf(metric, metrics)}`}
        value={draft.further[index] ?? ''}
        onChange={(text) => onChange({ further: draft.further.map((one, at) => (at === index ? text : one)) })}
      />
      {typedUnit(metrics.get(metric)?.unit ?? '').word}
    </Line>
  ));
}

function MetricPick({ draft, sections, onChange }: Props) {
  return (
    <select
      aria-label={words.metric}
      value={draft.metric}
      onChange={(event) => onChange({ metric: event.target.value, further: [] })}
      className={`${box} w-full`}
    >
      {sections.map(({ name, title, metrics }) => (
        <optgroup key={name} label={title}>
          {metrics
            .filter(({ kind }) => kind === 'gauge')
            .map((one) => (
              <option key={one.name} value={one.name}>
                {one.help}
              </option>
            ))}
        </optgroup>
      ))}
    </select>
  );
}

function Lasting({ draft, onChange }: Props) {
  return (
    <>
      {words.for}
      <Value label={words.forMinutes} value={draft.forMinutes} onChange={(forMinutes) => onChange({ forMinutes })} />
      {words.minutes}
    </>
  );
}

function unitOf({ metrics }: Props, metric: string): string {
  return typedUnit(metrics.get(metric)?.unit ?? '').word;
}
