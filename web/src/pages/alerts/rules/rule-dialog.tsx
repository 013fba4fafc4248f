import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SectionText } from '../../../../../src/http/views/sections.ts';
import { channelsQuery, type RuleView, rulesQuery } from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { Checkbox, Select, TextArea, TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { ruleFormTexts as words } from '../../../texts/alerts/rules.ts';
import { texts } from '../../../texts/common.ts';
import { bodyOf, type Draft, draftOf } from './draft.ts';
import { HostsField } from './hosts-field.tsx';
import { ofKind } from './kinds.ts';
import { RulePreview } from './rule-preview.tsx';
import type { Metrics } from './sentence.ts';
import { SentenceFields } from './sentence-fields.tsx';

/** A rule to be added or changed. Changing a default rule makes a row of it. */
export function RuleDialog({
  saved,
  sections,
  metrics,
  onClose,
}: {
  readonly saved: RuleView | null;
  readonly sections: readonly SectionText[];
  readonly metrics: Metrics;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState(() => draftOf(saved, metrics));
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const base = saved?.base ?? null;
  const body = () => ({ ...(base === null ? {} : { base }), ...bodyOf(draft, saved, metrics) });
  const action = useAction(async () => {
    if (saved !== null && saved.id !== null) await request('PUT', `/rules/${saved.id}`, body());
    else await request('POST', '/rules', { ...body(), ...(saved ? { enabled: saved.enabled } : {}) });
    await refresh(rulesQuery);
    onClose();
  });
  const condition = saved?.condition;
  const further =
    condition?.kind === draft.kind && 'metric' in condition && condition.metric === draft.metric
      ? (condition.and ?? [])
      : [];
  return (
    <Dialog title={saved ? `${texts.edit}: ${saved.name}` : words.addTitle} onClose={onClose} wide>
      <Form action={action} submit={texts.save} onCancel={onClose} after={<RulePreview body={body} />}>
        <TextField
          label={words.name}
          hint={words.nameHint}
          value={draft.name}
          maxLength={200}
          required
          autoComplete="off"
          onChange={(event) => change({ name: event.target.value })}
        />
        <SentenceFields
          draft={draft}
          sections={sections}
          metrics={metrics}
          further={further}
          onChange={change}
          onKind={(kind) => change(ofKind(kind, draft, saved, metrics))}
        />
        <HostsField value={draft} withCustom={draft.hostsKind === 'custom'} onChange={change} />
        {draft.kind === 'metric' || draft.kind === 'forecast' || draft.kind === 'event' ? (
          <TextField
            label={draft.kind === 'event' ? words.match : words.labels}
            hint={draft.kind === 'event' ? words.matchHint : words.labelsHint}
            value={draft.labels}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change({ labels: event.target.value })}
          />
        ) : null}
        <Telling draft={draft} onChange={change} />
        <TextArea
          label={words.hint}
          hint={words.hintHint}
          rows={2}
          maxLength={1_000}
          value={draft.hint}
          onChange={(event) => change({ hint: event.target.value })}
        />
      </Form>
    </Dialog>
  );
}

/** Which channels are told, and how often again. */
function Telling({ draft, onChange }: { readonly draft: Draft; readonly onChange: (part: Partial<Draft>) => void }) {
  const { data: channels = [] } = useQuery(channelsQuery);
  const { channels: chosen } = draft;
  const reminds: Readonly<Record<string, string>> = words.reminds;
  const known = draft.remind in reminds ? {} : { [draft.remind]: `${draft.remind} s` };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="flex flex-col gap-2">
        <Select
          label={words.channels}
          value={chosen === 'all' ? 'all' : 'some'}
          onChange={(event) => onChange({ channels: event.target.value === 'all' ? 'all' : [] })}
        >
          <option value="all">{words.channelKinds.all}</option>
          <option value="some">{words.channelKinds.some}</option>
        </Select>
        {chosen === 'all'
          ? null
          : channels.map(({ id, name }) => (
              <Checkbox
                key={id}
                label={name}
                checked={chosen.includes(id)}
                onChange={() =>
                  onChange({
                    channels: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id],
                  })
                }
              />
            ))}
        {channels.length === 0 ? <p className="text-xs text-muted">{words.noChannels}</p> : null}
      </div>
      <Select label={words.remind} value={draft.remind} onChange={(event) => onChange({ remind: event.target.value })}>
        {Object.entries({ ...reminds, ...known }).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
    </div>
  );
}
