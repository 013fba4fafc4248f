import type { InputHTMLAttributes, TextareaHTMLAttributes } from 'react';
import type { CertificateInfo } from '../../api/types.ts';
import * as format from '../../format.ts';
import { formTexts } from '../../texts/form.ts';
import { TextArea, TextField } from './field.tsx';

const words = formTexts;

/** The certificate beside a private key, with what the saved one says. */
export function CertificateField({
  saved,
  ...rest
}: { readonly saved: CertificateInfo | null } & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <TextArea
      label={words.certificate}
      hint={saved ? certificateText(saved) : words.certificateHint}
      rows={3}
      spellCheck={false}
      autoComplete="off"
      {...rest}
    />
  );
}

/** Which key of the SSH agent is offered. */
export function AgentKeyField(props: InputHTMLAttributes<HTMLInputElement>) {
  return (
    <TextField label={words.agentKey} hint={words.agentKeyHint} spellCheck={false} autoComplete="off" {...props} />
  );
}

/** What a certificate says, in one line. */
export function certificateText({ principals, validFrom, validUntil, authority }: CertificateInfo): string {
  return [
    `${words.certificateFor} ${principals.join(', ') || words.certificateForAll}`,
    validFrom ? `${words.certificateFrom} ${format.time(validFrom)}` : '',
    `${words.certificateUntil} ${validUntil ? format.time(validUntil) : words.certificateForever}`,
    `${words.certificateBy} ${authority}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
