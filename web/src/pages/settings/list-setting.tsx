import { useFresh } from '../../api/fresh.ts';
import { request } from '../../api/http.ts';
import { refresh, settingsQuery } from '../../api/queries.ts';
import type { Settings } from '../../api/types.ts';
import { TextArea } from '../../components/form/field.tsx';
import { SavedForm } from '../../components/form/saved-form.tsx';
import { fieldsOf } from '../../components/form/use-action.ts';
import type { settingsTexts } from '../../texts/settings.ts';
import { fieldOf, itemsOf } from './items.ts';
import { Loaded, Panel } from './panel.tsx';

type ListProps = {
  /** The setting, which is a list of texts. */
  readonly name: 'canaries' | 'deniedNetworks';
  readonly words: (typeof settingsTexts)['canaries' | 'networks'];
  /** Lines of the field. */
  readonly rows: number;
};

/** A global setting that is a list, one item a line. */
export function ListSetting(props: ListProps) {
  const query = useFresh(settingsQuery);
  return (
    <Panel lead={props.words.text}>
      <Loaded query={query}>{(settings) => <ListForm {...props} settings={settings} />}</Loaded>
    </Panel>
  );
}

function ListForm({ name, words, rows, settings }: ListProps & { readonly settings: Settings }) {
  const save = async (form: HTMLFormElement): Promise<void> => {
    await request('POST', '/global-settings', { [name]: itemsOf(fieldsOf(form)[name] ?? '') });
    await refresh(settingsQuery);
  };
  return (
    <SavedForm save={save} submit={words.save} saved={words.saved}>
      <TextArea
        label={words.label}
        hint={words.hint}
        name={name}
        rows={rows}
        spellCheck={false}
        defaultValue={fieldOf(settings[name])}
      />
    </SavedForm>
  );
}
