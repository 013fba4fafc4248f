import { useState } from 'react';
import { request } from '../../api/http.ts';
import { apiKeysQuery, refresh, sessionsQuery } from '../../api/queries.ts';
import type { Me } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { fieldsOf, useAction } from '../../components/use-action.ts';
import { texts } from '../../texts.ts';
import { Panel } from './panel.tsx';
import { TotpPanel } from './totp.tsx';

const words = texts.settings.profile;

/** Who one is, the password, and the second step of the login. */
export function ProfileSettings({ me }: { readonly me: Me }) {
  return (
    <>
      <Panel>
        <p>
          <span className="font-medium">{me.username}</span>
          <span className="text-muted"> · {me.is_admin ? words.admin : words.user}</span>
        </p>
      </Panel>
      <PasswordPanel />
      <TotpPanel me={me} />
    </>
  );
}

function PasswordPanel() {
  const [done, setDone] = useState<{ readonly apiKeysLeft: number } | null>(null);
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    setDone(null);
    const { oldPassword = '', newPassword = '', again = '', endApiKeys } = fieldsOf(form);
    if (newPassword !== again) throw new Error(words.different);
    const body = { oldPassword, newPassword, endApiKeys: endApiKeys === 'on' };
    const answer = await request<{ readonly apiKeysLeft: number }>('POST', '/users/change-password', body);
    await Promise.all([refresh(sessionsQuery), refresh(apiKeysQuery)]);
    form.reset();
    setDone(answer);
  });
  return (
    <Panel title={words.password} lead={words.passwordText}>
      <form
        className="flex max-w-sm flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run(event.currentTarget);
        }}
      >
        <TextField
          label={words.oldPassword}
          name="oldPassword"
          type="password"
          autoComplete="current-password"
          required
        />
        <TextField
          label={words.newPassword}
          name="newPassword"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
        />
        <TextField label={words.again} name="again" type="password" autoComplete="new-password" required />
        <Checkbox label={words.endApiKeys} name="endApiKeys" />
        {error ? <Notice kind="bad">{error}</Notice> : null}
        {done ? <Notice kind="good">{words.changed}</Notice> : null}
        {done && done.apiKeysLeft > 0 ? <Notice kind="warn">{words.keysLeft(done.apiKeysLeft)}</Notice> : null}
        <div>
          <Button type="submit" look="primary" busy={isBusy}>
            {words.change}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
