import { useFresh } from '../../api/fresh.ts';
import { request } from '../../api/http.ts';
import { refresh, settingsQuery } from '../../api/queries.ts';
import type { Settings } from '../../api/types.ts';
import { TextField } from '../../components/form/field.tsx';
import { SavedForm } from '../../components/form/saved-form.tsx';
import { fieldsOf } from '../../components/form/use-action.ts';
import { texts } from '../../texts/common.ts';
import { policyTexts } from '../../texts/policy.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { CanariesSettings } from './canaries.tsx';
import { NetworksSettings } from './networks.tsx';
import { Loaded, Panel } from './panel.tsx';

const words = settingsTexts.collecting;

/** How often hosts are checked and sampled, and whether when nobody looks; where hosts may be, and what to ask when many fail. */
export function CollectionSettings() {
  const query = useFresh(settingsQuery);
  return (
    <>
      <Panel lead={words.text}>
        <Loaded query={query}>{(settings) => <CollectionForm settings={settings} />}</Loaded>
      </Panel>
      <NetworksSettings />
      <CanariesSettings />
    </>
  );
}

function CollectionForm({ settings }: { readonly settings: Settings }) {
  const save = async (form: HTMLFormElement): Promise<void> => {
    const { statusCheckInterval, metricsInterval, collect } = fieldsOf(form);
    await request('POST', '/global-settings', {
      statusCheckInterval: Number(statusCheckInterval),
      metricsInterval: Number(metricsInterval),
      collectAlways: collect === 'always',
    });
    await refresh(settingsQuery);
  };
  const ways = [
    ['always', policyTexts.always, policyTexts.alwaysText],
    ['looking', policyTexts.looking, policyTexts.lookingText],
  ] as const;
  return (
    <SavedForm save={save} submit={texts.save} saved={words.saved}>
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
          hint={words.metricsRange}
          name="metricsInterval"
          type="number"
          min={10}
          max={3600}
          required
          defaultValue={settings.metricsInterval}
        />
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-medium">{policyTexts.question}</legend>
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
    </SavedForm>
  );
}
