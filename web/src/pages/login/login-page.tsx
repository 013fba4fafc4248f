import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { registrationQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { fieldsOf, useAction } from '../../components/use-action.ts';
import { useTitle } from '../../components/use-title.ts';
import { texts } from '../../texts.ts';
import { Card } from './card.tsx';
import { enter, logIn } from './enter.ts';

type Pending = { readonly token: string; readonly rememberMe: boolean };

/** Logging in: user name and password, then the code where the account has TOTP. */
export function LoginPage() {
  const { next = '/' } = useSearch({ from: '/login' });
  const [pending, setPending] = useState<Pending | null>(null);
  const [isNew, setIsNew] = useState(false);
  const { data: registration } = useQuery(registrationQuery);
  useTitle(texts.login.title);
  if (pending) return <CodeStep pending={pending} next={next} onBack={() => setPending(null)} />;
  return (
    <Card title={isNew ? texts.login.registerTitle : texts.login.title}>
      <PasswordStep isNew={isNew} next={next} onCode={setPending} />
      {registration?.allowed ? (
        <Button look="quiet" onClick={() => setIsNew(!isNew)}>
          {isNew ? texts.login.haveOne : texts.login.register}
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
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    const { username = '', password = '', remember } = fieldsOf(form);
    if (isNew) await request('POST', '/users/create', { username, password });
    const rememberMe = remember === 'on';
    const answer = await logIn({ username, password, rememberMe });
    if (answer.requires_totp && answer.temp_token) onCode({ token: answer.temp_token, rememberMe });
    else await enter(next);
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void run(event.currentTarget);
      }}
    >
      <TextField label={texts.login.username} name="username" autoComplete="username" required autoFocus />
      <TextField
        label={texts.login.password}
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
      />
      <Checkbox label={texts.login.remember} name="remember" />
      {error ? <Notice kind="bad">{error}</Notice> : null}
      <Button type="submit" look="primary" busy={isBusy}>
        {isNew ? texts.login.registerTitle : texts.login.submit}
      </Button>
    </form>
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
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    const { code = '' } = fieldsOf(form);
    await request('POST', '/users/totp/verify-login', {
      temp_token: pending.token,
      totp_code: code.trim(),
      rememberMe: pending.rememberMe,
    });
    await enter(next);
  });
  return (
    <Card title={texts.login.codeTitle}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run(event.currentTarget);
        }}
      >
        <TextField
          label={texts.login.code}
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          autoFocus
        />
        {error ? <Notice kind="bad">{error}</Notice> : null}
        <Button type="submit" look="primary" busy={isBusy}>
          {texts.login.codeSubmit}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {texts.login.again}
        </Button>
      </form>
    </Card>
  );
}
