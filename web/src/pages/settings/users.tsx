import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { refresh, usersQuery } from '../../api/queries.ts';
import type { Me, PasswordReset, User } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Confirm } from '../../components/form/confirm.tsx';
import { Checkbox, TextField } from '../../components/form/field.tsx';
import { Form } from '../../components/form/form.tsx';
import { PasswordField } from '../../components/form/secret-fields.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import * as format from '../../format.ts';
import { texts } from '../../texts/common.ts';
import { loginTexts, welcomeTexts } from '../../texts/login.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { List, Loaded, Named, Panel } from './panel.tsx';
import { IdentityAction, signsInOf } from './sign-in/identity.tsx';

const words = settingsTexts.user;

/** Who may log in. */
export function UsersSettings({ me }: { readonly me: Me }) {
  const query = useQuery(usersQuery);
  const [resetting, setResetting] = useState<User | null>(null);
  const { run, isBusy, error } = useAction(async (user: User) => {
    await request('POST', `/users/${user.id}/admin`, { is_admin: !user.is_admin });
    await refresh(usersQuery);
  });
  return (
    <>
      <AddUser />
      <Panel>
        {error ? <Notice kind="bad">{error}</Notice> : null}
        <Loaded query={query}>
          {({ users }) => (
            <List items={users} empty={words.none} keyOf={({ id }) => id}>
              {(user) => (
                <>
                  <Named
                    name={user.username}
                    about={[
                      user.is_admin ? words.admin : words.plain,
                      user.totp_enabled ? words.totp : '',
                      ...signsInOf(user),
                      `${words.since} ${format.time(user.created_at)}`,
                    ]
                      .filter((part) => part !== '')
                      .join(' · ')}
                  />
                  <IdentityAction user={user} />
                  {user.id === me.userId ? (
                    <span className="text-sm text-good">{words.you}</span>
                  ) : (
                    <>
                      <Button busy={isBusy} onClick={() => void run(user)}>
                        {user.is_admin ? words.unmakeAdmin : words.makeAdmin}
                      </Button>
                      <Button onClick={() => setResetting(user)}>{words.reset}</Button>
                      <Confirm
                        label={texts.remove}
                        title={`${texts.remove}: ${user.username}`}
                        text={words.removeText}
                        onConfirm={async () => {
                          await request('DELETE', `/users/${user.id}`);
                          await refresh(usersQuery);
                        }}
                      />
                    </>
                  )}
                </>
              )}
            </List>
          )}
        </Loaded>
      </Panel>
      {resetting ? <ResetDialog user={resetting} onClose={() => setResetting(null)} /> : null}
    </>
  );
}

function AddUser() {
  const action = useAction(async (form: HTMLFormElement) => {
    await request('POST', '/users/create', fieldsOf(form));
    form.reset();
    await refresh(usersQuery);
  });
  return (
    <Panel title={words.add}>
      <Form action={action} submit={words.add}>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={loginTexts.username} name="username" autoComplete="off" required />
          <PasswordField kind="new" label={welcomeTexts.password} name="password" required />
        </div>
      </Form>
    </Panel>
  );
}

function ResetDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const [keysLeft, setKeysLeft] = useState(0);
  const action = useAction(async (form: HTMLFormElement) => {
    const { newPassword, resetTotp, endApiKeys } = fieldsOf(form);
    const body = { newPassword, resetTotp: resetTotp === 'on', endApiKeys: endApiKeys === 'on' };
    const answer = await request<PasswordReset>('POST', `/users/${user.id}/reset-password`, body);
    await refresh(usersQuery);
    form.reset();
    setKeysLeft(answer.apiKeysLeft);
    if (answer.apiKeysLeft === 0) onClose();
  });
  return (
    <Dialog title={`${words.reset}: ${user.username}`} onClose={onClose}>
      <Form
        action={action}
        submit={texts.save}
        onCancel={onClose}
        after={
          keysLeft > 0 ? (
            <>
              <Notice kind="good">{settingsTexts.profile.changed}</Notice>
              <Notice kind="warn">{settingsTexts.profile.keysLeft(keysLeft)}</Notice>
            </>
          ) : null
        }
      >
        <p className="text-sm text-muted">{words.resetText}</p>
        <PasswordField kind="new" label={welcomeTexts.password} name="newPassword" required />
        {user.totp_enabled ? <Checkbox label={words.resetTotp} name="resetTotp" /> : null}
        <Checkbox label={words.endApiKeys} name="endApiKeys" />
      </Form>
    </Dialog>
  );
}
