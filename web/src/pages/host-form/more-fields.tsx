import { useState } from 'react';
import { maxDependsOn } from '../../../../src/model/host.ts';
import { Checkbox, Select, TextField } from '../../components/form/field.tsx';
import { HostTicks } from '../../components/form/host-ticks.tsx';
import { formTexts } from '../../texts/form.ts';
import { hostKeyTexts } from '../../texts/host-keys.ts';
import { policyTexts } from '../../texts/policy.ts';
import { type Draft, hostKeyPolicies } from './draft.ts';
import { MountFields } from './mount-fields.tsx';

const words = formTexts;

type Props = { readonly draft: Draft; readonly onChange: (part: Partial<Draft>) => void };

/** What most hosts leave as it is. */
export function MoreFields({ draft, savedId, onChange }: Props & { readonly savedId: number | null }) {
  const { statsConfig } = draft;
  const [isOpen, setOpen] = useState(false);
  const set = (part: Draft['statsConfig']): void => onChange({ statsConfig: { ...statsConfig, ...part } });
  return (
    <details className="rounded-xl border border-line p-4" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="text-sm font-medium">{words.more}</summary>
      <div className="flex flex-col gap-4 pt-4">
        <Labels draft={draft} onChange={onChange} />
        <Checkbox label={words.pin} checked={draft.pin} onChange={(event) => onChange({ pin: event.target.checked })} />
        <Collecting draft={draft} onChange={onChange} />
        <MountFields draft={draft} onChange={onChange} />
        {isOpen ? (
          <HostTicks
            legend={words.dependsOn}
            search={words.dependsOnSearch}
            hint={words.dependsOnHint}
            chosen={draft.dependsOn}
            onChange={(dependsOn) => onChange({ dependsOn })}
            without={savedId}
            most={maxDependsOn}
          />
        ) : null}
        <Select
          label={words.hostKeyPolicy}
          value={draft.hostKeyPolicy ?? ''}
          onChange={({ target }) =>
            onChange({ hostKeyPolicy: hostKeyPolicies.find((policy) => policy === target.value) ?? null })
          }
        >
          <option value="">{words.asAll}</option>
          {hostKeyPolicies.map((policy) => (
            <option key={policy} value={policy}>
              {hostKeyTexts.policies[policy]}
            </option>
          ))}
        </Select>
        <Checkbox
          label={words.sudo}
          hint={words.sudoText}
          checked={statsConfig.sudo ?? false}
          onChange={(event) => set({ sudo: event.target.checked })}
        />
        <Checkbox
          label={words.legacy}
          hint={words.legacyText}
          checked={statsConfig.legacyAlgorithms ?? false}
          onChange={(event) => set({ legacyAlgorithms: event.target.checked })}
        />
      </div>
    </details>
  );
}

/** Where the host stands in lists, and how often it is looked at. */
function Labels({ draft, onChange }: Props) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label={words.folder}
        value={draft.folder}
        onChange={(event) => onChange({ folder: event.target.value })}
      />
      <TextField label={words.tags} value={draft.tags} onChange={(event) => onChange({ tags: event.target.value })} />
      <TextField
        label={words.statusInterval}
        hint={words.seconds}
        type="number"
        min={10}
        max={3600}
        value={draft.statusInterval}
        onChange={(event) => onChange({ statusInterval: event.target.value })}
      />
      <TextField
        label={words.metricsInterval}
        hint={words.seconds}
        type="number"
        min={10}
        max={3600}
        value={draft.metricsInterval}
        onChange={(event) => onChange({ metricsInterval: event.target.value })}
      />
    </div>
  );
}

/** What is collected, and when. */
function Collecting({ draft, onChange }: Props) {
  const { statsConfig } = draft;
  const set = (part: Draft['statsConfig']): void => onChange({ statsConfig: { ...statsConfig, ...part } });
  return (
    <>
      <Checkbox
        label={words.statusCheck}
        checked={statsConfig.statusCheckEnabled ?? true}
        onChange={(event) => set({ statusCheckEnabled: event.target.checked })}
      />
      <Checkbox
        label={words.ping}
        checked={!(statsConfig.disableTcpPing ?? false)}
        onChange={(event) => set({ disableTcpPing: !event.target.checked })}
      />
      <Checkbox
        label={words.metrics}
        checked={statsConfig.metricsEnabled ?? true}
        onChange={(event) => set({ metricsEnabled: event.target.checked })}
      />
      <Select
        label={policyTexts.question}
        value={statsConfig.collectAlways == null ? '' : String(statsConfig.collectAlways)}
        onChange={({ target }) => set({ collectAlways: target.value === '' ? null : target.value === 'true' })}
      >
        <option value="">{words.asAll}</option>
        <option value="true">{policyTexts.always}</option>
        <option value="false">{policyTexts.looking}</option>
      </Select>
    </>
  );
}
