import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { credentialsQuery, meQuery, refresh } from '../../api/queries.ts';
import type { Credential } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { AgentKeyField, CertificateField, certificateText } from '../../components/certificate-field.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Select, TextArea, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { fieldsOf, useAction } from '../../components/use-action.ts';
import * as format from '../../format.ts';
import { texts } from '../../texts.ts';
import { List, Loaded, Named, Panel } from './panel.tsx';

const words = texts.settings.credential;

/** Logins that several hosts use. */
export function CredentialsSettings() {
  const query = useQuery(credentialsQuery);
  const [edited, setEdited] = useState<Credential | 'new' | null>(null);
  return (
    <Panel lead={words.text}>
      <div>
        <Button look="primary" onClick={() => setEdited('new')}>
          {words.add}
        </Button>
      </div>
      <Loaded query={query}>
        {(credentials) => (
          <List items={credentials} empty={words.none} keyOf={({ id }) => String(id)}>
            {(one) => (
              <>
                <Named
                  name={one.name}
                  about={[
                    one.username,
                    words.kinds[one.authType],
                    format.time(one.createdAt),
                    one.certificateInfo ? certificateText(one.certificateInfo) : '',
                  ]
                    .filter((part) => part)
                    .join(' · ')}
                />
                <Button onClick={() => setEdited(one)}>{texts.edit}</Button>
                <Confirm
                  label={texts.remove}
                  title={`${texts.remove}: ${one.name}`}
                  text={words.removeText}
                  onConfirm={async () => {
                    await request('DELETE', `/credentials/${one.id}`);
                    await refresh(credentialsQuery);
                  }}
                />
              </>
            )}
          </List>
        )}
      </Loaded>
      {edited ? <CredentialDialog saved={edited === 'new' ? null : edited} onClose={() => setEdited(null)} /> : null}
    </Panel>
  );
}

function CredentialDialog({ saved, onClose }: { readonly saved: Credential | null; readonly onClose: () => void }) {
  const { data: me } = useQuery(meQuery);
  const [authType, setAuthType] = useState<string>(saved?.authType ?? 'password');
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    const { certificate, ...typed } = fieldsOf(form);
    const body = { authType, ...typed, ...(authType === 'key' ? { certificate: certificate?.trim() || null } : {}) };
    if (saved) await request('PUT', `/credentials/${saved.id}`, body);
    else await request('POST', '/credentials', body);
    await refresh(credentialsQuery);
    onClose();
  });
  const keeps = saved?.authType === authType;
  const secret = keeps ? { placeholder: texts.form.kept } : { required: true };
  return (
    <Dialog title={saved ? `${texts.edit}: ${saved.name}` : words.add} onClose={onClose} wide>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run(event.currentTarget);
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={words.name} name="name" defaultValue={saved?.name} required />
          <TextField label={words.username} name="username" defaultValue={saved?.username} autoComplete="off" />
        </div>
        <Select label={words.kind} value={authType} onChange={(event) => setAuthType(event.target.value)}>
          <option value="password">{words.kinds.password}</option>
          <option value="key">{words.kinds.key}</option>
          {me?.is_admin || authType === 'agent' ? <option value="agent">{words.kinds.agent}</option> : null}
        </Select>
        {authType === 'password' ? (
          <TextField label={texts.form.password} name="password" type="password" autoComplete="off" {...secret} />
        ) : authType === 'agent' ? (
          <AgentKeyField name="agentKey" defaultValue={saved?.agentKey} />
        ) : (
          <>
            <TextArea
              label={texts.form.key}
              hint={texts.form.keyHint}
              name="key"
              rows={6}
              spellCheck={false}
              {...secret}
            />
            <TextField
              label={texts.form.passphrase}
              hint={texts.form.passphraseHint}
              name="keyPassword"
              type="password"
              autoComplete="off"
            />
            <CertificateField
              name="certificate"
              saved={saved?.certificateInfo ?? null}
              defaultValue={saved?.certificate ?? ''}
            />
          </>
        )}
        {error ? <Notice kind="bad">{error}</Notice> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" look="primary" busy={isBusy}>
            {texts.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
