import { useState } from 'react';
import { ApiError, request } from '../../api/http.ts';
import { Checkbox, TextField } from '../../components/form/field.tsx';
import { Form } from '../../components/form/form.tsx';
import { PasswordField } from '../../components/form/secret-fields.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import { useTitle } from '../../components/use-title.ts';
import { loginTexts, welcomeTexts } from '../../texts/login.ts';
import { Card } from './card.tsx';
import { logIn, useEnter } from './enter.ts';

/** The token of the address that the start printed, behind `#`, so that it reaches no server's log. */
const tokenOfAddress = (): string => new URLSearchParams(location.hash.slice(1)).get('setup') ?? '';

/** The first visit: creates the admin. The token is asked for only where Sonde asks for it. */
export function WelcomePage() {
  const [token] = useState(tokenOfAddress);
  const [needsToken, setNeedsToken] = useState(token !== '');
  useTitle(welcomeTexts.title);
  const enter = useEnter();
  const action = useAction(async (form: HTMLFormElement) => {
    const { username = '', password = '', setupToken, history } = fieldsOf(form);
    try {
      await request('POST', '/users/create', { username, password, ...(setupToken ? { setupToken } : {}) });
    } catch (caught) {
      if (caught instanceof ApiError && caught.status === 403 && /token/.test(caught.message)) setNeedsToken(true);
      throw caught;
    }
    await logIn({ username, password });
    // The account is there: what cannot be switched now can be in the settings.
    if (history === undefined) await request('POST', '/global-settings/history', { enabled: false }).catch(() => {});
    await enter('/');
  });
  return (
    <Card title={welcomeTexts.title} lead={welcomeTexts.lead}>
      <Form action={action} submit={welcomeTexts.submit} isWide>
        <TextField label={loginTexts.username} name="username" autoComplete="username" defaultValue="admin" required />
        <PasswordField kind="new" label={welcomeTexts.password} name="password" required autoFocus />
        <Checkbox label={welcomeTexts.history} hint={welcomeTexts.historyHint} name="history" defaultChecked />
        {needsToken ? (
          <TextField
            label={welcomeTexts.token}
            hint={welcomeTexts.tokenHint}
            name="setupToken"
            defaultValue={token}
            required
            autoFocus={token === ''}
          />
        ) : null}
      </Form>
    </Card>
  );
}
