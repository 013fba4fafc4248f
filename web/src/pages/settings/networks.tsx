import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { refresh, settingsQuery } from '../../api/queries.ts';
import type { Settings } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { TextArea } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { fieldsOf, useAction } from '../../components/use-action.ts';
import { texts } from '../../texts.ts';
import { Loaded, Panel } from './panel.tsx';

const words = texts.settings.networks;

/** Where the hosts of users who are no admins may not be. */
export function NetworksSettings() {
  const query = useQuery(settingsQuery);
  return (
    <Panel lead={words.text}>
      <Loaded query={query}>{(settings) => <NetworksForm settings={settings} />}</Loaded>
    </Panel>
  );
}

function NetworksForm({ settings }: { readonly settings: Settings }) {
  const [isSaved, setIsSaved] = useState(false);
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    setIsSaved(false);
    const { deniedNetworks = '' } = fieldsOf(form);
    const list = deniedNetworks.split(/[\s,]+/).filter((network) => network !== '');
    await request('POST', '/global-settings', { deniedNetworks: list });
    await refresh(settingsQuery);
    setIsSaved(true);
  });
  return (
    <form
      className="flex flex-col gap-5"
      onChange={() => setIsSaved(false)}
      onSubmit={(event) => {
        event.preventDefault();
        void run(event.currentTarget);
      }}
    >
      <TextArea
        label={words.label}
        hint={words.hint}
        name="deniedNetworks"
        rows={8}
        spellCheck={false}
        defaultValue={settings.deniedNetworks.join('\n')}
      />
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {isSaved ? <Notice kind="good">{words.saved}</Notice> : null}
      <div>
        <Button type="submit" busy={isBusy}>
          {texts.save}
        </Button>
      </div>
    </form>
  );
}
