import { useState } from 'react';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import {
  type ProviderConfig,
  type ProviderTest,
  type ProviderView,
  providerQuery,
  publicProviderQuery,
} from '../../../api/sign-in.ts';
import { Button } from '../../../components/button.tsx';
import { Checkbox, Select, TextArea, TextField } from '../../../components/form/field.tsx';
import { SavedForm } from '../../../components/form/saved-form.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { providerTexts as words } from '../../../texts/people/sign-in.ts';
import { configOf } from './draft.ts';

type FieldsProps = { readonly config: ProviderConfig | null };

const plain = { autoComplete: 'off', spellCheck: false } as const;

/** The settings of the provider, which can be tested before they are saved. */
export function ProviderForm({ config }: FieldsProps) {
  const save = async (form: HTMLFormElement): Promise<void> => {
    const saved = await request<ProviderView>('PUT', '/sign-in/provider', { config: configOf(fieldsOf(form)) });
    // The secret does not stay on the screen.
    const secret = form.elements.namedItem('clientSecret');
    if (secret instanceof HTMLInputElement) secret.value = saved.config?.clientSecret ?? '';
    await refresh(providerQuery, publicProviderQuery);
  };
  return (
    <SavedForm save={save} submit={words.save} saved={words.saved}>
      <TextField
        label={words.issuer}
        hint={words.issuerHint}
        name="issuer"
        inputMode="url"
        placeholder="https://…"
        required
        {...plain}
        defaultValue={config?.issuer ?? ''}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={words.clientId} name="clientId" required {...plain} defaultValue={config?.clientId ?? ''} />
        <TextField
          label={words.clientSecret}
          hint={words.clientSecretHint}
          name="clientSecret"
          type="password"
          {...plain}
          onFocus={(event) => event.target.select()}
          defaultValue={config?.clientSecret ?? ''}
        />
      </div>
      <TextField
        label={words.name}
        hint={words.nameHint}
        name="name"
        maxLength={60}
        placeholder="single sign-on"
        {...plain}
        defaultValue={config?.name ?? ''}
      />
      <Who config={config} />
      <More config={config} />
      <Test />
    </SavedForm>
  );
}

function Who({ config }: FieldsProps) {
  const list = (name: 'allowedGroups' | 'allowedDomains' | 'adminGroups', hint: string) => (
    <TextArea
      label={words[name]}
      hint={hint}
      name={name}
      rows={2}
      spellCheck={false}
      defaultValue={config?.[name]?.join('\n')}
    />
  );
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-2 text-sm font-medium">{words.who}</legend>
      <Checkbox
        label={words.createAccounts}
        hint={words.createAccountsHint}
        name="createAccounts"
        defaultChecked={config?.createAccounts ?? false}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        {list('allowedGroups', words.groupsHint)}
        {list('allowedDomains', words.allowedDomainsHint)}
        {list('adminGroups', words.adminGroupsHint)}
      </div>
    </fieldset>
  );
}

function More({ config }: FieldsProps) {
  return (
    <details className="rounded-xl border border-line p-4">
      <summary className="text-sm font-medium">{words.more}</summary>
      <div className="grid gap-4 pt-4 sm:grid-cols-2">
        <TextField
          label={words.scopes}
          name="scopes"
          placeholder="openid profile email"
          {...plain}
          defaultValue={config?.scopes ?? ''}
        />
        <Select label={words.clientAuth} name="clientAuth" defaultValue={config?.clientAuth ?? 'auto'}>
          {Object.entries(words.clientAuths).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
        <TextField
          label={words.userNameClaim}
          name="userNameClaim"
          placeholder="preferred_username"
          {...plain}
          defaultValue={config?.userNameClaim ?? ''}
        />
        <TextField
          label={words.groupsClaim}
          hint={words.groupsClaimHint}
          name="groupsClaim"
          placeholder="groups"
          {...plain}
          defaultValue={config?.groupsClaim ?? ''}
        />
        <TextField
          label={words.sessionHours}
          hint={words.sessionHoursHint}
          name="sessionHours"
          type="number"
          min={1}
          max={720}
          required
          defaultValue={config?.sessionHours ?? 24}
        />
        <Checkbox
          label={words.logOutAtProvider}
          name="logOutAtProvider"
          defaultChecked={config?.logOutAtProvider ?? false}
        />
      </div>
    </details>
  );
}

/** Tests what the form has now, saved or not. */
function Test() {
  const [said, setSaid] = useState<ProviderTest | null>(null);
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    setSaid(null);
    if (!form.reportValidity()) return;
    setSaid(await request('POST', '/sign-in/provider/test', { config: configOf(fieldsOf(form)) }));
  });
  return (
    <div className="flex flex-col items-start gap-3">
      <Button
        busy={isBusy}
        onClick={({ currentTarget: { form } }) => {
          if (form) void run(form);
        }}
      >
        {isBusy ? words.testing : words.test}
      </Button>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {said === null ? null : (
        <Notice kind={said.success ? 'good' : 'bad'} title={said.success ? words.testOk : words.testFailed}>
          {[said.answer, ...said.notes].map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Notice>
      )}
    </div>
  );
}
