import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { request } from '../../api/http.ts';
import { registrationQuery } from '../../api/queries.ts';
import { passwordLoginQuery, publicProviderQuery } from '../../api/sign-in.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, TextField } from '../../components/form/field.tsx';
import { Form } from '../../components/form/form.tsx';
import { PasswordField } from '../../components/form/secret-fields.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { useTitle } from '../../components/use-title.ts';
import { loginTexts } from '../../texts/login.ts';
import { signInTexts } from '../../texts/people/sign-in.ts';
import { Card } from './card.tsx';
import { logIn, useEnter } from './enter.ts';
import { ProviderButton } from './provider.tsx';

type Pending = { readonly token: string; readonly rememberMe: boolean };

/** The code that is still asked for after the provider, behind `#`, so that it reaches no server's log. */
function pendingOfAddress(): Pending | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('code');
  if (token === null) return null;
  return { token, rememberMe: false };
}

/** Logging in: user name and password, then the code where the account has TOTP. */
export function LoginPage() {
  const { next = '/', ended, refused } = useSearch({ from: '/login' });
  const [pending, setPending] = useState<Pending | null>(pendingOfAddress);
  const [isNew, setIsNew] = useState(false);
  const { data: registration } = useQuery(registrationQuery);
  const { data: provider } = useQuery(publicProviderQuery);
  const { data: passwords } = useQuery(passwordLoginQuery);
  const isAlone = passwords?.allowed === false && !!provider;
  useTitle(loginTexts.title);
  useEffect(() => {
    // The code does not stay in the address.
    if (location.hash !== '') history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  }, []);
  if (pending) return <CodeStep pending={pending} next={next} onBack={() => setPending(null)} />;
  return (
    <Card title={isNew ? loginTexts.registerTitle : loginTexts.title}>
      {ended ? <Notice kind="info">{loginTexts.ended[ended]}</Notice> : null}
      {refused ? (
        <Notice kind={refused === 'denied' ? 'info' : 'bad'} title={signInTexts.refusedTitle}>
          {signInTexts.refused[refused]}
        </Notice>
      ) : null}
      {isAlone ? null : <PasswordStep isNew={isNew} next={next} onCode={setPending} />}
      {provider ? <ProviderButton provider={provider} next={next} isAlone={isAlone} /> : null}
      {registration?.allowed && !isAlone ? (
        <Button look="quiet" onClick={() => setIsNew(!isNew)}>
          {isNew ? loginTexts.haveOne : loginTexts.register}
        </Button>
      ) : null}
    </Card>
  );
}

function PasswordStep({
  isNew,
  next,
  onCode,
}: {
  readonly isNew: boolean;
  readonly next: string;
  readonly onCode: (pending: Pending) => void;
}) {
  const enter = useEnter();
  const action = useAction(async (form: HTMLFormElement) => {
    const { username = '', password = '', remember } = fieldsOf(form);
    if (isNew) await request('POST', '/users/create', { username, password });
    const rememberMe = remember === 'on';
    const answer = await logIn({ username, password, rememberMe });
    if ('requires_totp' in answer) onCode({ token: answer.temp_token, rememberMe });
    else await enter(next);
  });
  return (
    <Form action={action} submit={isNew ? loginTexts.registerTitle : loginTexts.submit} isWide>
      <TextField label={loginTexts.username} name="username" autoComplete="username" required autoFocus />
      <PasswordField
        kind={isNew ? 'new' : 'current'}
        label={loginTexts.password}
        name="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
      />
      <Checkbox label={loginTexts.remember} name="remember" />
    </Form>
  );
}

function CodeStep({
  pending,
  next,
  onBack,
}: {
  readonly pending: Pending;
  readonly next: string;
  readonly onBack: () => void;
}) {
  const enter = useEnter();
  const action = useAction(async (form: HTMLFormElement) => {
    const { code = '' } = fieldsOf(form);
    await request('POST', '/users/totp/verify-login', {
      temp_token: pending.token,
      totp_code: code.trim(),
      rememberMe: pending.rememberMe,
    });
    await enter(next);
  });
  return (
    <Card title={loginTexts.codeTitle}>
      <Form action={action} submit={loginTexts.codeSubmit} isWide>
        <TextField
          label={loginTexts.code}
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          autoFocus
        />
        <Button look="quiet" onClick={onBack}>
          {loginTexts.again}
        </Button>
      </Form>
    </Card>
  );
}
