import { useState } from 'react';
import { request } from '../../../api/http.ts';
import { meQuery, refresh } from '../../../api/queries.ts';
import type { Me, TotpOn, TotpSecret } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { Copy } from '../../../components/copy.tsx';
import { TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { PasswordField } from '../../../components/form/secret-fields.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { lazyPart } from '../../../components/lazy-page.tsx';
import { Notice } from '../../../components/notice.tsx';
import { settingsTexts } from '../../../texts/settings.ts';
import { Panel } from '../panel.tsx';

const words = settingsTexts.totp;
const QrCode = lazyPart(async () => (await import('./qr-code.tsx')).QrCode);

/** The second step of the login: set up with an authenticator app and proven by a code; turned off with the password. */
export function TotpPanel({ me }: { readonly me: Me }) {
  const [secret, setSecret] = useState<TotpSecret | null>(null);
  const [backupCodes, setBackupCodes] = useState<readonly string[] | null>(null);
  const { run, isBusy, error } = useAction(async () =>
    setSecret(await request<TotpSecret>('POST', '/users/totp/setup')),
  );
  return (
    <Panel title={words.title} lead={me.totp_enabled ? words.isOn : words.text}>
      {backupCodes ? (
        <div className="flex flex-col gap-2">
          <p className="text-sm">{words.backup}</p>
          <Copy label={words.backupLabel} text={backupCodes.join('\n')} />
        </div>
      ) : null}
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {me.totp_enabled ? (
        <TurnOff />
      ) : secret ? (
        <Prove
          secret={secret}
          onDone={(codes) => {
            setSecret(null);
            setBackupCodes(codes);
          }}
        />
      ) : (
        <div>
          <Button busy={isBusy} onClick={() => void run()}>
            {words.setUp}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Prove({
  secret,
  onDone,
}: {
  readonly secret: TotpSecret;
  readonly onDone: (backupCodes: readonly string[]) => void;
}) {
  const action = useAction(async (form: HTMLFormElement) => {
    const { backup_codes } = await request<TotpOn>('POST', '/users/totp/enable', {
      totp_code: (fieldsOf(form).code ?? '').trim(),
    });
    onDone(backup_codes);
    await refresh(meQuery);
  });
  return (
    <Form action={action} submit={words.turnOn}>
      <p className="text-sm">{words.scan}</p>
      <div className="h-48">
        <QrCode label={words.qr} text={secret.otpauth_url} />
      </div>
      <p className="text-sm text-muted">{words.byHand}</p>
      <Copy label={words.secret} text={secret.secret} />
      <div className="max-w-sm">
        <TextField label={words.code} name="code" inputMode="numeric" autoComplete="one-time-code" required />
      </div>
    </Form>
  );
}

function TurnOff() {
  const action = useAction(async (form: HTMLFormElement) => {
    await request('POST', '/users/totp/disable', { password: fieldsOf(form).password ?? '' });
    await refresh(meQuery);
  });
  return (
    <Form action={action} submit={words.turnOff} look="danger" className="max-w-sm">
      <PasswordField kind="current" label={words.password} name="password" required />
    </Form>
  );
}
