import { useQuery } from '@tanstack/react-query';
import { credentialsQuery } from '../../api/queries.ts';
import type { Host } from '../../api/types.ts';
import { Copy } from '../../components/copy.tsx';
import { Select, TextArea, TextField } from '../../components/field.tsx';
import { texts } from '../../texts.ts';
import type { Draft } from './draft.ts';

const words = texts.form;
const maxKeyBytes = 64 * 1024;

/** With what to log in: password, key, or a credential that is saved. Secrets that are saved are never shown. */
export function LoginFields({
  draft,
  saved,
  onChange,
}: {
  readonly draft: Draft;
  readonly saved: Host | null;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  const { data: credentials = [] } = useQuery(credentialsQuery);
  const kept = (has: boolean | undefined) => (has ? { placeholder: words.kept } : { required: true });
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Select
        label={words.auth}
        value={draft.authType}
        onChange={(event) => {
          const authType = (['password', 'key', 'credential'] as const).find((one) => one === event.target.value);
          if (authType) onChange({ authType });
        }}
      >
        <option value="password">{words.password}</option>
        <option value="key">{words.key}</option>
        {credentials.length > 0 || draft.authType === 'credential' ? (
          <option value="credential">{words.credential}</option>
        ) : null}
      </Select>
      {draft.authType === 'password' ? (
        <TextField
          label={words.password}
          type="password"
          autoComplete="off"
          value={draft.password}
          onChange={(event) => onChange({ password: event.target.value })}
          {...kept(saved?.hasPassword)}
        />
      ) : null}
      {draft.authType === 'credential' ? (
        <Select
          label={words.credential}
          value={draft.credentialId}
          required
          onChange={(event) => onChange({ credentialId: event.target.value })}
        >
          <option value="">{words.chooseCredential}</option>
          {credentials.map(({ id, name, username }) => (
            <option key={id} value={id}>
              {username ? `${name} (${username})` : name}
            </option>
          ))}
        </Select>
      ) : null}
      {draft.authType === 'key' ? (
        <>
          <TextField
            label={words.passphrase}
            hint={words.passphraseHint}
            type="password"
            autoComplete="off"
            value={draft.keyPassword}
            onChange={(event) => onChange({ keyPassword: event.target.value })}
          />
          <div className="flex flex-col gap-2 sm:col-span-2">
            <TextArea
              label={words.key}
              hint={words.keyHint}
              rows={5}
              spellCheck={false}
              autoComplete="off"
              value={draft.key}
              onChange={(event) => onChange({ key: event.target.value })}
              {...kept(saved?.hasKey)}
            />
            <label className="text-sm text-muted">
              {words.keyFile}
              <input
                type="file"
                className="ml-3 max-w-full text-sm"
                onChange={(event) => {
                  const file = event.target.files?.[0];
                  if (file && file.size <= maxKeyBytes) void file.text().then((key) => onChange({ key }));
                }}
              />
            </label>
            <details className="text-sm text-muted">
              <summary className="cursor-pointer">{words.leastPrivilege}</summary>
              <p className="my-2">{words.leastPrivilegeText}</p>
              <Copy label={words.leastPrivilege} text={words.leastPrivilegeCommand} />
            </details>
          </div>
        </>
      ) : null}
    </div>
  );
}
