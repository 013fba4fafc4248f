import type { Credential, ImportPreview } from '../../api/types.ts';
import { Select } from '../../components/form/field.tsx';
import { PassphraseField, PrivateKeyField } from '../../components/form/secret-fields.tsx';
import { importTexts } from '../../texts/import.ts';
import { Panel } from '../settings/panel.tsx';
import { type Choice, choiceOf, type Draft, nameOf } from './draft.ts';

const words = importTexts;

/** What the files name to log in with, each to be given something that Sonde has. */
export function Identities({
  draft,
  identities,
  credentials,
  onChange,
}: {
  readonly draft: Draft;
  readonly identities: ImportPreview['identities'];
  readonly credentials: readonly Credential[];
  readonly onChange: (choices: Draft['choices']) => void;
}) {
  if (identities.length === 0) return null;
  return (
    <Panel title={words.identities} lead={words.identitiesText}>
      <div className="grid gap-4 sm:grid-cols-2">
        {identities.map((identity) => {
          const choice = choiceOf(draft, identity);
          const set = (part: Partial<Choice>): void =>
            onChange({ ...draft.choices, [nameOf(identity)]: { ...choice, ...part } });
          return (
            <div key={nameOf(identity)} className="flex min-w-0 flex-col gap-3 break-words">
              <Select
                label={words.identityOf(identity.name, identity.hosts)}
                value={choice.use}
                onChange={({ target }) => set({ use: target.value })}
              >
                <option value="">{words.asDefault}</option>
                {credentials.map(({ id, name, username }) => (
                  <option key={id} value={id}>
                    {username ? `${name} (${username})` : name}
                  </option>
                ))}
                <option value="key">{words.newKey}</option>
              </Select>
              {choice.use === 'key' ? (
                <>
                  <PrivateKeyField value={choice.key} onChange={({ target }) => set({ key: target.value })} />
                  <PassphraseField
                    value={choice.keyPassword}
                    onChange={({ target }) => set({ keyPassword: target.value })}
                  />
                </>
              ) : null}
            </div>
          );
        })}
      </div>
    </Panel>
  );
}
