import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { registrationQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, TextField } from '../../components/form/field.tsx';
import { Form } from '../../components/form/form.tsx';
import { PasswordField } from '../../components/form/secret-fields.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { useTitle } from '../../components/use-title.ts';
import { loginTexts } from '../../texts/login.ts';
import { Card } from './card.tsx';
import { logIn, useEnter } from './enter.ts';

type Pending = { readonly token: string; readonly rememberMe: boolean };

/** Logging in: user name and password, then the code where the account has TOTP. */
export function LoginPage() {
  const { next = '/', ended } = useSearch({ from: '/login' });
  const [pending, setPending] = useState<Pending | null>(null);
  const [isNew, setIsNew] = useState(false);
  const { data: registration } = useQuery(registrationQuery);
  useTitle(loginTexts.title);
  if (pending) return <CodeStep pending={pending} next={next} onBack={() => setPending(null)} />;
  return (
    <Card title={isNew ? loginTexts.registerTitle : loginTexts.title}>
      {ended ? <Notice kind="info">{loginTexts.ended[ended]}</Notice> : null}
      <PasswordStep isNew={isNew} next={next} onCode={setPending} />
      {registration?.allowed ? (
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
