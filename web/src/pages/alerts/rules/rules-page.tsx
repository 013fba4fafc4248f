import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type DefaultRule, defaultRulesQuery, type RuleView, rulesQuery } from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { refresh, sectionsQuery } from '../../../api/queries.ts';
import { SeverityMark } from '../../../components/alerts/severity-mark.tsx';
import { Button } from '../../../components/button.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { FreshItem } from '../../../components/form/fresh-item.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { hostNameOf } from '../../../live/use-live.ts';
import { rulesTexts as words } from '../../../texts/alerts/rules.ts';
import { texts } from '../../../texts/common.ts';
import { List, Loaded, Panel } from '../../settings/panel.tsx';
import { AlertsFrame } from '../alerts-frame.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { sameSettings } from './same.ts';
import { type Metrics, ruleSentence } from './sentence.ts';

/** What is wrong, on which hosts, and for how long: the default rules with their switches, and one's own. */
export function RulesPage() {
  const { rule: opened, add } = useSearch({ from: '/app/alerts/rules' });
  const navigate = useNavigate({ from: '/alerts/rules' });
  const query = useQuery(rulesQuery);
  const { data: sections } = useQuery(sectionsQuery);
  const metrics: Metrics = useMemo(
    () => new Map((sections ?? []).flatMap((one) => one.metrics.map((metric) => [metric.name, metric] as const))),
    [sections],
  );
  const show = (search: { readonly rule?: string; readonly add?: true }): void =>
    void navigate({ search, replace: true });
  return (
    <AlertsFrame part="rules">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-64 text-sm text-muted">{words.lead}</p>
        <Button look="primary" onClick={() => show({ add: true })}>
          {words.add}
        </Button>
      </div>
      <Loaded query={query}>
        {(rules) => (
          <>
            <Panel title={words.own}>
              <Rules
                rules={rules.filter(({ base }) => base === null)}
                metrics={metrics}
                onEdit={(rule) => show({ rule })}
              />
            </Panel>
            <Panel title={words.defaults}>
              <Rules
                rules={rules.filter(({ base }) => base !== null)}
                metrics={metrics}
                onEdit={(rule) => show({ rule })}
              />
            </Panel>
          </>
        )}
      </Loaded>
      {sections && add ? (
        <RuleDialog saved={null} sections={sections} metrics={metrics} onClose={() => show({})} />
      ) : null}
      {sections && opened !== undefined && !add ? (
        <FreshItem key={opened} query={rulesQuery} find={({ key }) => key === opened} onClose={() => show({})}>
          {(saved) => <RuleDialog saved={saved} sections={sections} metrics={metrics} onClose={() => show({})} />}
        </FreshItem>
      ) : null}
    </AlertsFrame>
  );
}

function Rules({
  rules,
  metrics,
  onEdit,
}: {
  readonly rules: readonly RuleView[];
  readonly metrics: Metrics;
  readonly onEdit: (key: string) => void;
}) {
  const { data: defaults } = useQuery(defaultRulesQuery);
  return (
    <List items={rules} empty={words.noOwn} keyOf={({ key }) => key}>
      {(rule) => (
        <RuleRow
          rule={rule}
          usual={defaults?.find(({ base }) => base === rule.base) ?? null}
          metrics={metrics}
          onEdit={() => onEdit(rule.key)}
        />
      )}
    </List>
  );
}

function RuleRow({
  rule,
  usual,
  metrics,
  onEdit,
}: {
  readonly rule: RuleView;
  /** The default rule as Sonde has it. */
  readonly usual: DefaultRule | null;
  readonly metrics: Metrics;
  readonly onEdit: () => void;
}) {
  const { id, base, name, enabled, severity, channels, remindSeconds } = rule;
  const toggle = useAction(async () => {
    const next = { ...rule, enabled: !enabled };
    // A row is there only while something differs.
    if (id === null) await request('POST', '/rules', { base, enabled: !enabled });
    else if (usual && sameSettings(next, usual)) await request('DELETE', `/rules/${id}`);
    else await request('PUT', `/rules/${id}`, { enabled: !enabled });
    await refresh(rulesQuery);
  });
  const remove = async (): Promise<void> => {
    await request('DELETE', `/rules/${String(id)}`);
    await refresh(rulesQuery);
  };
  const more = [
    channels === 'all' ? '' : words.toChannels(channels.length),
    remindSeconds === null ? '' : words.remind(format.duration(remindSeconds)),
    base !== null && id !== null ? words.changed : '',
  ].filter((one) => one !== '');
  return (
    <>
      <input
        type="checkbox"
        role="switch"
        aria-checked={enabled}
        aria-label={words.isOn(name)}
        checked={enabled}
        aria-busy={toggle.isBusy}
        onChange={() => void toggle.run()}
        className="size-4 shrink-0 accent-accent"
      />
      <div className={`min-w-0 flex-1 basis-56 ${enabled ? '' : 'text-muted'}`}>
        <p className="flex items-center gap-x-2">
          <SeverityMark severity={severity} isOver={!enabled} />
          <span className="min-w-0 font-medium wrap-anywhere">{name}</span>
        </p>
        <p className="text-sm text-muted wrap-anywhere">{ruleSentence(rule, metrics, hostNameOf)}</p>
        {more.length === 0 ? null : <p className="text-xs text-muted">{more.join(' · ')}</p>}
        {toggle.error ? <Notice kind="bad">{toggle.error}</Notice> : null}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onEdit}>{texts.edit}</Button>
        {id === null ? null : (
          <Confirm
            label={base === null ? texts.remove : words.reset}
            title={`${base === null ? texts.remove : words.reset}: ${name}`}
            text={base === null ? words.removeText : words.resetText}
            onConfirm={remove}
          />
        )}
      </div>
    </>
  );
}
