import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { refresh, usersQuery } from '../../api/queries.ts';
import type { Me, User } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Checkbox, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { fieldsOf, useAction } from '../../components/use-action.ts';
import * as format from '../../format.ts';
import { texts } from '../../texts.ts';
import { List, Loaded, Named, Panel } from './panel.tsx';

const words = texts.settings.user;

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
                      `${words.since} ${format.time(user.created_at)}`,
                    ]
                      .filter((part) => part !== '')
                      .join(' · ')}
                  />
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
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    await request('POST', '/users/create', fieldsOf(form));
    form.reset();
    await refresh(usersQuery);
  });
  return (
    <Panel title={words.add}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run(event.currentTarget);
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={texts.login.username} name="username" autoComplete="off" required />
          <TextField
            label={texts.welcome.password}
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={8}
            required
          />
        </div>
        {error ? <Notice kind="bad">{error}</Notice> : null}
        <div>
          <Button type="submit" look="primary" busy={isBusy}>
            {words.add}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function ResetDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const [keysLeft, setKeysLeft] = useState(0);
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    const { newPassword, resetTotp, endApiKeys } = fieldsOf(form);
    const body = { newPassword, resetTotp: resetTotp === 'on', endApiKeys: endApiKeys === 'on' };
    const answer = await request<{ readonly apiKeysLeft: number }>('POST', `/users/${user.id}/reset-password`, body);
    await refresh(usersQuery);
    form.reset();
    setKeysLeft(answer.apiKeysLeft);
    if (answer.apiKeysLeft === 0) onClose();
  });
  return (
    <Dialog title={`${words.reset}: ${user.username}`} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run(event.currentTarget);
        }}
      >
        <p className="text-sm text-muted">{words.resetText}</p>
        <TextField
          label={texts.welcome.password}
          name="newPassword"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
        />
        {user.totp_enabled ? <Checkbox label={words.resetTotp} name="resetTotp" /> : null}
        <Checkbox label={words.endApiKeys} name="endApiKeys" />
        {error ? <Notice kind="bad">{error}</Notice> : null}
        {keysLeft > 0 ? (
          <>
            <Notice kind="good">{texts.settings.profile.changed}</Notice>
            <Notice kind="warn">{texts.settings.profile.keysLeft(keysLeft)}</Notice>
          </>
        ) : null}
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
