import type { Identity, ImportPreview } from '../../api/types.ts';

/** What stands for an identity: the number of a credential, `key` for a new one, or nothing of its own. */
export type Choice = { readonly use: string; readonly key: string; readonly keyPassword: string };

/** An import as it is filled in. */
export type Draft = {
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly format: string;
  readonly username: string;
  readonly credentialId: string;
  readonly folder: string;
  readonly tags: string;
  /** By `nameOf` the identity. */
  readonly choices: Readonly<Record<string, Choice>>;
};

export const emptyDraft: Draft = {
  text: '',
  files: [],
  format: '',
  username: '',
  credentialId: '',
  folder: '',
  tags: '',
  choices: {},
};

export function nameOf({ kind, name }: Identity): string {
  return `${kind} ${name}`;
}

/** What is chosen for an identity, or what the server proposes. */
export function choiceOf(draft: Draft, identity: ImportPreview['identities'][number]): Choice {
  const { credentialId } = identity;
  return (
    draft.choices[nameOf(identity)] ?? {
      use: credentialId === null ? '' : String(credentialId),
      key: '',
      keyPassword: '',
    }
  );
}

/** The body of a preview or an import. */
export function bodyOf(draft: Draft, identities: ImportPreview['identities'], chosen?: readonly string[]): object {
  const pasted = draft.text.trim() === '' ? [] : [{ name: '', text: draft.text }];
  return {
    files: [...draft.files, ...pasted],
    ...(draft.format ? { format: draft.format } : {}),
    defaults: {
      username: draft.username,
      folder: draft.folder,
      tags: draft.tags
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
      credentialId: draft.credentialId === '' ? null : Number(draft.credentialId),
    },
    identities: identities.map((identity) => {
      const { use, key, keyPassword } = choiceOf(draft, identity);
      const login = use === 'key' ? { key, keyPassword } : { credentialId: use === '' ? null : Number(use) };
      return { kind: identity.kind, name: identity.name, ...login };
    }),
    ...(chosen ? { chosen } : {}),
  };
}
