import { plainText } from '../fields/plain-text.ts';
import type { Candidate, Identity } from './candidate.ts';
import type { Choice } from './request.ts';
import type { Saved } from './task.ts';

/** One text per identity, for comparing. */
export function identityKey({ kind, name }: Identity): string {
  return `${kind} ${name}`;
}

/** The saved credential with the identity's name; a key file also matches by its bare file name. */
export function namesake({ kind, name }: Identity, saved: readonly Saved[]): Saved | undefined {
  const bare = kind === 'key-file' ? name.slice(name.lastIndexOf('/') + 1) : name;
  return saved.find((one) => one.name === name) ?? saved.find((one) => one.name === bare);
}

/** The login of a candidate, as a body has it. */
export type Login =
  | { readonly authType: 'password' | 'key'; readonly key?: string; readonly keyPassword?: string }
  | { readonly authType: 'credential'; readonly credentialId: number }
  | { readonly authType: 'agent' | 'none' };

export function isSsh({ connectionType }: Candidate['fields']): boolean {
  return (plainText(connectionType) || 'ssh') === 'ssh';
}

/** Its own secret, the choice for its identity, a credential with the identity's name, the default; in this order. */
export function loginOf(
  { fields, identity }: Candidate,
  choices: ReadonlyMap<string, Choice>,
  saved: readonly Saved[],
  credentialId: number | null,
): Login {
  const { authType } = fields;
  if (!isSsh(fields)) return { authType: 'none' };
  if (authType === 'password' || authType === 'key' || authType === 'agent') return { authType };
  const choice = identity ? choices.get(identityKey(identity)) : undefined;
  if (choice?.key) {
    const keyPassword = choice.keyPassword === null ? {} : { keyPassword: choice.keyPassword };
    return { authType: 'key', key: choice.key, ...keyPassword };
  }
  const chosen = choice ? choice.credentialId : identity && (namesake(identity, saved)?.id ?? null);
  const id = chosen ?? credentialId;
  return id === null ? { authType: 'none' } : { authType: 'credential', credentialId: id };
}
