import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { refresh, settingsQuery } from '../../api/queries.ts';
import type { Settings } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { fieldsOf, useAction } from '../../components/use-action.ts';
import { texts } from '../../texts.ts';
import { NetworksSettings } from './networks.tsx';
import { Loaded, Panel } from './panel.tsx';

const words = texts.settings.collecting;

/** How often hosts are checked and sampled, and whether when nobody looks. */
export function CollectionSettings() {
  const query = useQuery(settingsQuery);
  return (
    <>
      <Panel lead={words.text}>
        <Loaded query={query}>{(settings) => <CollectionForm settings={settings} />}</Loaded>
      </Panel>
      <NetworksSettings />
    </>
  );
}

function CollectionForm({ settings }: { readonly settings: Settings }) {
  const [isSaved, setIsSaved] = useState(false);
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    setIsSaved(false);
    const { statusCheckInterval, metricsInterval, collect } = fieldsOf(form);
    await request('POST', '/global-settings', {
      statusCheckInterval: Number(statusCheckInterval),
      metricsInterval: Number(metricsInterval),
      collectAlways: collect === 'always',
    });
    await refresh(settingsQuery);
    setIsSaved(true);
  });
  const ways = [
    ['always', texts.policy.always, texts.policy.alwaysText],
    ['looking', texts.policy.looking, texts.policy.lookingText],
  ] as const;
  return (
    <form
      className="flex flex-col gap-5"
      onChange={() => setIsSaved(false)}
      onSubmit={(event) => {
        event.preventDefault();
        void run(event.currentTarget);
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.status}
          hint={words.range}
          name="statusCheckInterval"
          type="number"
          min={10}
          max={3600}
          required
          defaultValue={settings.statusCheckInterval}
        />
        <TextField
          label={words.metrics}
          hint={words.range}
          name="metricsInterval"
          type="number"
          min={10}
          max={3600}
          required
          defaultValue={settings.metricsInterval}
        />
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-medium">{texts.policy.question}</legend>
        {ways.map(([way, name, text]) => (
          <label
            key={way}
            className="flex gap-3 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="collect"
              value={way}
              defaultChecked={settings.collectAlways === (way === 'always')}
              className="mt-1 accent-accent"
            />
            <span>
              <span className="block text-sm font-medium">{name}</span>
              <span className="block text-sm text-muted">{text}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {isSaved ? <Notice kind="good">{words.saved}</Notice> : null}
      <div>
        <Button type="submit" look="primary" busy={isBusy}>
          {texts.save}
        </Button>
      </div>
    </form>
  );
}
