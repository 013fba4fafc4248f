import { useFresh } from '../../api/fresh.ts';
import { request } from '../../api/http.ts';
import { refresh, settingsQuery } from '../../api/queries.ts';
import type { Settings } from '../../api/types.ts';
import { TextArea } from '../../components/form/field.tsx';
import { SavedForm } from '../../components/form/saved-form.tsx';
import { fieldsOf } from '../../components/form/use-action.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { fieldOf, itemsOf } from './items.ts';
import { Loaded, Panel } from './panel.tsx';

const words = settingsTexts.networks;

/** Where the hosts of users who are no admins may not be. */
export function NetworksSettings() {
  const query = useFresh(settingsQuery);
  return (
    <Panel lead={words.text}>
      <Loaded query={query}>{(settings) => <NetworksForm settings={settings} />}</Loaded>
    </Panel>
  );
}

function NetworksForm({ settings }: { readonly settings: Settings }) {
  const save = async (form: HTMLFormElement): Promise<void> => {
    await request('POST', '/global-settings', { deniedNetworks: itemsOf(fieldsOf(form).deniedNetworks ?? '') });
    await refresh(settingsQuery);
  };
  return (
    <SavedForm save={save} submit={words.save} saved={words.saved}>
      <TextArea
        label={words.label}
        hint={words.hint}
        name="deniedNetworks"
        rows={8}
        spellCheck={false}
        defaultValue={fieldOf(settings.deniedNetworks)}
      />
    </SavedForm>
  );
}
