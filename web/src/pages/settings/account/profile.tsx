import { useState } from 'react';
import { request } from '../../../api/http.ts';
import { apiKeysQuery, refresh, sessionsQuery } from '../../../api/queries.ts';
import type { Me, PasswordChanged } from '../../../api/types.ts';
import { Checkbox } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { PasswordField } from '../../../components/form/secret-fields.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { identityTexts } from '../../../texts/people/sign-in.ts';
import { settingsTexts } from '../../../texts/settings.ts';
import { Panel } from '../panel.tsx';
import { TotpPanel } from './totp.tsx';

const words = settingsTexts.profile;

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
      {me.is_oidc && !me.is_dual_auth ? (
        <Panel>
          <p className="text-sm text-muted">{identityTexts.mine}</p>
        </Panel>
      ) : (
        <>
          <PasswordPanel />
          <TotpPanel me={me} />
        </>
      )}
    </>
  );
}

function PasswordPanel() {
  const [done, setDone] = useState<PasswordChanged | null>(null);
  const action = useAction(async (form: HTMLFormElement) => {
    setDone(null);
    const { oldPassword = '', newPassword = '', again = '', endApiKeys } = fieldsOf(form);
    if (newPassword !== again) throw new Error(words.different);
    const body = { oldPassword, newPassword, endApiKeys: endApiKeys === 'on' };
    const answer = await request<PasswordChanged>('POST', '/users/change-password', body);
    await Promise.all([refresh(sessionsQuery), refresh(apiKeysQuery)]);
    form.reset();
    setDone(answer);
  });
  return (
    <Panel title={words.password} lead={words.passwordText}>
      <Form
        action={action}
        submit={words.change}
        className="max-w-sm"
        after={
          <>
            {done ? <Notice kind="good">{words.changed}</Notice> : null}
            {done && done.apiKeysLeft > 0 ? <Notice kind="warn">{words.keysLeft(done.apiKeysLeft)}</Notice> : null}
          </>
        }
      >
        <PasswordField kind="current" label={words.oldPassword} name="oldPassword" required />
        <PasswordField kind="new" label={words.newPassword} name="newPassword" required />
        <PasswordField kind="new" label={words.again} name="again" required />
        <Checkbox label={words.endApiKeys} name="endApiKeys" />
      </Form>
    </Panel>
  );
}
