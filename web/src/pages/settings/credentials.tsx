import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { credentialsQuery, meQuery, refresh } from '../../api/queries.ts';
import type { Credential } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { AgentKeyField, CertificateField, certificateText } from '../../components/form/certificate-field.tsx';
import { Confirm } from '../../components/form/confirm.tsx';
import { Select, TextField } from '../../components/form/field.tsx';
import { Form } from '../../components/form/form.tsx';
import { FreshItem } from '../../components/form/fresh-item.tsx';
import { PassphraseField, PasswordField, PrivateKeyField } from '../../components/form/secret-fields.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import * as format from '../../format.ts';
import { texts } from '../../texts/common.ts';
import { formTexts } from '../../texts/form.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { List, Loaded, Named, Panel } from './panel.tsx';

const words = settingsTexts.credential;

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
                <div className="flex flex-wrap gap-2">
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
                </div>
              </>
            )}
          </List>
        )}
      </Loaded>
      {edited === 'new' ? <CredentialDialog saved={null} onClose={() => setEdited(null)} /> : null}
      {edited === null || edited === 'new' ? null : (
        <FreshItem query={credentialsQuery} find={({ id }) => id === edited.id} onClose={() => setEdited(null)}>
          {(saved) => <CredentialDialog saved={saved} onClose={() => setEdited(null)} />}
        </FreshItem>
      )}
    </Panel>
  );
}

function CredentialDialog({ saved, onClose }: { readonly saved: Credential | null; readonly onClose: () => void }) {
  const { data: me } = useQuery(meQuery);
  const [authType, setAuthType] = useState<string>(saved?.authType ?? 'password');
  const action = useAction(async (form: HTMLFormElement) => {
    const { certificate, ...typed } = fieldsOf(form);
    const body = { authType, ...typed, ...(authType === 'key' ? { certificate: certificate?.trim() || null } : {}) };
    if (saved) await request('PUT', `/credentials/${saved.id}`, body);
    else await request('POST', '/credentials', body);
    await refresh(credentialsQuery);
    onClose();
  });
  const keeps = saved?.authType === authType;
  const secret = keeps ? { placeholder: formTexts.kept } : { required: true };
  return (
    <Dialog title={saved ? `${texts.edit}: ${saved.name}` : words.add} onClose={onClose} wide>
      <Form action={action} submit={texts.save} onCancel={onClose}>
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
          <PasswordField kind="secret" label={formTexts.password} name="password" {...secret} />
        ) : authType === 'agent' ? (
          <AgentKeyField name="agentKey" defaultValue={saved?.agentKey} />
        ) : (
          <>
            <PrivateKeyField name="key" {...secret} />
            <PassphraseField name="keyPassword" />
            <CertificateField
              name="certificate"
              saved={saved?.certificateInfo ?? null}
              defaultValue={saved?.certificate ?? ''}
            />
          </>
        )}
      </Form>
    </Dialog>
  );
}
