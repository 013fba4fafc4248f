import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { at } from '../../api/base.ts';
import { credentialsQuery } from '../../api/queries.ts';
import type { Credential, ImportPreview } from '../../api/types.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Select, TextArea, TextField } from '../../components/form/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTitle } from '../../components/use-title.ts';
import { useView } from '../../live/use-live.ts';
import { importTexts } from '../../texts/import.ts';
import { Panel } from '../settings/panel.tsx';
import type { Draft } from './draft.ts';
import { FilesField } from './files-field.tsx';
import { Identities } from './identities.tsx';
import { PlanTable } from './plan-table.tsx';
import { Result, Skipped } from './result.tsx';
import { type Import, useImport } from './use-import.ts';

const words = importTexts;

/** Hosts from files, shown before they are saved; and hosts as files. */
export function ImportPage() {
  const state = useImport();
  useTitle(words.title);
  useView({ hosts: [], watch: [] });
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-6 py-4">
      <div>
        <h1 className="text-2xl font-semibold">{words.title}</h1>
        <p className="mt-1 text-muted">{words.lead}</p>
      </div>
      {state.result ? <Result result={state.result} onAgain={state.again} /> : <Form state={state} />}
      <Panel title={words.exportTitle} lead={words.exportText}>
        <div className="flex flex-wrap gap-2">
          {(['json', 'csv', 'ssh-config'] as const).map((format) => (
            <a key={format} href={at(`/hosts/export?format=${format}`)} download className={buttonClass()}>
              {words.exports[format]}
            </a>
          ))}
        </div>
      </Panel>
    </div>
  );
}

function Form({ state }: { readonly state: Import }) {
  const { data: credentials = [] } = useQuery(credentialsQuery);
  const { draft, plan, change, error, isStale } = state;
  const isEmpty = draft.text.trim() === '' && draft.files.length === 0;
  return (
    <form
      className="flex flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        void state.preview();
      }}
    >
      <div className="grid gap-4 md:grid-cols-2">
        <TextArea
          label={words.paste}
          rows={7}
          spellCheck={false}
          autoComplete="off"
          value={draft.text}
          onChange={({ target }) => change({ text: target.value })}
        />
        <FilesField files={draft.files} onChange={(files) => change({ files })} />
      </div>
      <Defaults draft={draft} credentials={credentials} onChange={change} />
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {plan ? (
        <>
          <Identities
            draft={draft}
            identities={plan.identities}
            credentials={credentials}
            onChange={(choices) => change({ choices })}
          />
          <Plan plan={plan} state={state} />
        </>
      ) : (
        <div>
          <Button type="submit" look="primary" disabled={isEmpty} busy={isStale && !error}>
            {words.preview}
          </Button>
        </div>
      )}
    </form>
  );
}

/** What applies to hosts whose files leave it open. */
function Defaults({
  draft,
  credentials,
  onChange: change,
}: {
  readonly draft: Draft;
  readonly credentials: readonly Credential[];
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  return (
    <fieldset className="grid gap-4 rounded-xl border border-line p-4 sm:grid-cols-2 md:grid-cols-3">
      <legend className="px-1 text-sm font-medium">{words.defaults}</legend>
      <TextField
        label={words.username}
        value={draft.username}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        onChange={({ target }) => change({ username: target.value })}
      />
      <Select
        label={words.credential}
        value={draft.credentialId}
        onChange={({ target }) => change({ credentialId: target.value })}
      >
        <option value="">{words.noCredential}</option>
        {credentials.map(({ id, name, username }) => (
          <option key={id} value={id}>
            {username ? `${name} (${username})` : name}
          </option>
        ))}
      </Select>
      <TextField
        label={words.folder}
        value={draft.folder}
        onChange={({ target }) => change({ folder: target.value })}
      />
      <TextField
        label={words.tags}
        hint={words.tagsHint}
        value={draft.tags}
        onChange={({ target }) => change({ tags: target.value })}
      />
      <Select label={words.format} value={draft.format} onChange={({ target }) => change({ format: target.value })}>
        {Object.entries(words.formats).map(([format, name]) => (
          <option key={format} value={format}>
            {name}
          </option>
        ))}
      </Select>
    </fieldset>
  );
}

type Shown = 'all' | ImportPreview['hosts'][number]['state'];
const shownStates: readonly Shown[] = ['all', 'new', 'present', 'invalid'];

function Plan({ plan, state }: { readonly plan: ImportPreview; readonly state: Import }) {
  const [shown, setShown] = useState<Shown>('all');
  const { chosen, refused, refuse } = state;
  const of = (one: Shown) => (one === 'all' ? plan.hosts : plan.hosts.filter((host) => host.state === one));
  return (
    <section aria-label={words.list} className="flex flex-col gap-4">
      {plan.hosts.length === 0 ? <Notice kind="warn">{words.none}</Notice> : null}
      <Skipped skipped={plan.skipped} />
      {plan.hosts.length > 0 ? (
        <>
          <div className="flex flex-wrap items-end gap-3">
            <div className="w-52 max-sm:w-full">
              <Select
                label={words.show}
                value={shown}
                onChange={({ target }) => setShown(shownStates.find((one) => one === target.value) ?? 'all')}
              >
                {shownStates.map((one) => (
                  <option key={one} value={one}>
                    {`${one === 'all' ? words.all : words.states[one]}: ${of(one).length}`}
                  </option>
                ))}
              </Select>
            </div>
            <Button look="quiet" onClick={() => refuse(new Set())}>
              {words.chooseAll}
            </Button>
            <Button look="quiet" onClick={() => refuse(new Set(of('new').map(({ key }) => key)))}>
              {words.chooseNone}
            </Button>
            <Button
              look="primary"
              className="sm:ml-auto"
              disabled={chosen.length === 0 || state.isStale}
              busy={state.isBringing}
              onClick={() => void state.bring()}
            >
              {words.submit(chosen.length)}
            </Button>
          </div>
          <PlanTable hosts={of(shown)} refused={refused} onRefuse={refuse} />
        </>
      ) : null}
    </section>
  );
}
