import { useState } from 'react';
import { retentionLimits } from '../../../../../src/model/settings.ts';
import {
  type HistorySettings,
  type HistoryStorage,
  historySettingsQuery,
  historyStorageQuery,
} from '../../../api/history.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Checkbox, TextField } from '../../../components/form/field.tsx';
import { SavedForm } from '../../../components/form/saved-form.tsx';
import { fieldsOf } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { texts } from '../../../texts/common.ts';
import { historySettingsTexts as words } from '../../../texts/history.ts';
import { estimateOf, limitOf } from './estimate.ts';

const gib = 2 ** 30;
const daysFields = ['rawDays', 'fiveMinuteDays', 'hourlyDays'] as const;
type DaysField = (typeof daysFields)[number];

/** Switches history, and sets how much of it is kept; says before what that will take. */
export function HistoryForm({
  settings,
  storage,
}: {
  readonly settings: HistorySettings;
  readonly storage: HistoryStorage;
}) {
  const [typed, setTyped] = useState<Readonly<Record<DaysField | 'maxGib', string>>>({
    rawDays: String(settings.rawDays),
    fiveMinuteDays: String(settings.fiveMinuteDays),
    hourlyDays: String(settings.hourlyDays),
    maxGib: settings.maxBytes === null ? '' : String(Math.round((settings.maxBytes / gib) * 100) / 100),
  });
  const maxGib = typed.maxGib.trim() === '' ? null : Number(typed.maxGib);
  const save = async (form: HTMLFormElement): Promise<void> => {
    await request('POST', '/global-settings/history', {
      enabled: fieldsOf(form).enabled !== undefined,
      ...Object.fromEntries(daysFields.map((name) => [name, Number(typed[name])])),
      maxBytes: maxGib === null ? null : Math.round(maxGib * gib),
    });
    await refresh(historySettingsQuery, historyStorageQuery);
  };
  const change = (name: keyof typeof typed) => (value: string) => setTyped((before) => ({ ...before, [name]: value }));
  const { rawDays, fiveMinuteDays, hourlyDays } = typed;
  const days = { raw: Number(rawDays), '5m': Number(fiveMinuteDays), '1h': Number(hourlyDays) };
  return (
    <SavedForm save={save} submit={texts.save} saved={words.saved}>
      <Checkbox label={words.enabled} hint={words.enabledHint} name="enabled" defaultChecked={settings.enabled} />
      <div className="grid gap-4 sm:grid-cols-2">
        {daysFields.map((name) => {
          const { min, max } = retentionLimits[name];
          return (
            <TextField
              key={name}
              label={words[name]}
              hint={name === 'rawDays' ? words.rawHint(min, max) : words.fromTo(min, max)}
              name={name}
              type="number"
              min={min}
              max={max}
              required
              value={typed[name]}
              onChange={(event) => change(name)(event.target.value)}
            />
          );
        })}
        <TextField
          label={words.maxGib}
          hint={words.maxHint}
          name="maxGib"
          type="number"
          min={1}
          step="any"
          value={typed.maxGib}
          onChange={(event) => change('maxGib')(event.target.value)}
        />
      </div>
      <Estimate storage={storage} bytes={estimateOf(storage, days)} maxGib={maxGib} />
    </SavedForm>
  );
}

function Estimate({
  storage,
  bytes,
  maxGib,
}: {
  readonly storage: HistoryStorage;
  readonly bytes: number | null;
  readonly maxGib: number | null;
}) {
  const { hosts, isMeasured } = storage.estimate;
  const limit = bytes === null ? null : limitOf(bytes, storage, maxGib);
  const most = format.bytes(limit?.bytes);
  return (
    <div className="flex flex-col gap-2 rounded-xl bg-sunken px-4 py-3 text-sm">
      <p className="font-medium">{words.estimate}</p>
      <p>
        <output aria-label={words.estimate} className="numbers text-lg font-semibold">
          {format.bytes(bytes)}
        </output>{' '}
        {words.ofHosts(hosts)}
      </p>
      <p className="text-muted">{isMeasured ? words.measured : words.usual}</p>
      {limit ? <Notice kind="warn">{limit.what === 'free' ? words.tooFull(most) : words.tooMuch(most)}</Notice> : null}
    </div>
  );
}
