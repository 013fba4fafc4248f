import type { InputHTMLAttributes, TextareaHTMLAttributes } from 'react';
import { formTexts } from '../../texts/form.ts';
import { TextArea, TextField } from './field.tsx';

/** Characters that a password of an account has at least. */
const leastLength = 8;

const kinds = {
  /** The password of the account that is logged in or logs in. */
  current: { autoComplete: 'current-password' },
  /** A password that an account is given. */
  new: { autoComplete: 'new-password', minLength: leastLength },
  /** A secret of a host or proxy, which browsers must not fill in. */
  secret: { autoComplete: 'off' },
} as const;

/** A line of text that is not shown. */
export function PasswordField({
  kind,
  ...rest
}: { readonly kind: keyof typeof kinds; readonly label: string } & InputHTMLAttributes<HTMLInputElement> & {
    readonly hint?: string;
  }) {
  return <TextField {...kinds[kind]} {...rest} type="password" />;
}

/** A private key. */
export function PrivateKeyField(props: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { key, keyHint } = formTexts;
  return <TextArea label={key} hint={keyHint} rows={5} spellCheck={false} autoComplete="off" {...props} />;
}

/** The passphrase that opens a private key. */
export function PassphraseField(props: InputHTMLAttributes<HTMLInputElement>) {
  const { passphrase, passphraseHint } = formTexts;
  return <PasswordField kind="secret" label={passphrase} hint={passphraseHint} {...props} />;
}
