import { useState } from 'react';
import { ApiError, request } from '../../api/http.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { fieldsOf, useAction } from '../../components/use-action.ts';
import { useTitle } from '../../components/use-title.ts';
import { texts } from '../../texts.ts';
import { Card } from './card.tsx';
import { enter, logIn } from './enter.ts';

/** The token of the address that the start printed, behind `#`, so that it reaches no server's log. */
const tokenOfAddress = (): string => new URLSearchParams(location.hash.slice(1)).get('setup') ?? '';

/** The first visit: creates the admin. The token is asked for only where Sonde asks for it. */
export function WelcomePage() {
  const [token] = useState(tokenOfAddress);
  const [needsToken, setNeedsToken] = useState(token !== '');
  useTitle(texts.welcome.title);
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    const { username = '', password = '', setupToken } = fieldsOf(form);
    try {
      await request('POST', '/users/create', { username, password, ...(setupToken ? { setupToken } : {}) });
    } catch (caught) {
      if (caught instanceof ApiError && caught.status === 403 && /token/.test(caught.message)) setNeedsToken(true);
      throw caught;
    }
    await logIn({ username, password });
    await enter('/');
  });
  return (
    <Card title={texts.welcome.title} lead={texts.welcome.lead}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run(event.currentTarget);
        }}
      >
        <TextField label={texts.login.username} name="username" autoComplete="username" defaultValue="admin" required />
        <TextField
          label={texts.welcome.password}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
          autoFocus
        />
        {needsToken ? (
          <TextField
            label={texts.welcome.token}
            hint={texts.welcome.tokenHint}
            name="setupToken"
            defaultValue={token}
            required
            autoFocus={token === ''}
          />
        ) : null}
        {error ? <Notice kind="bad">{error}</Notice> : null}
        <Button type="submit" look="primary" busy={isBusy}>
          {texts.welcome.submit}
        </Button>
      </form>
    </Card>
  );
}
