import { useQuery } from '@tanstack/react-query';
import { credentialsQuery, meQuery } from '../../api/queries.ts';
import type { Host } from '../../api/types.ts';
import { Copy } from '../../components/copy.tsx';
import { AgentKeyField, CertificateField } from '../../components/form/certificate-field.tsx';
import { Select } from '../../components/form/field.tsx';
import { PassphraseField, PasswordField, PrivateKeyField } from '../../components/form/secret-fields.tsx';
import { formTexts } from '../../texts/form.ts';
import type { Draft } from './draft.ts';

const words = formTexts;
const maxKeyBytes = 64 * 1024;

type Props = {
  readonly draft: Draft;
  readonly saved: Host | null;
  readonly onChange: (part: Partial<Draft>) => void;
};

/** A secret that is saved may stay as it is; another is required. */
const kept = (has: boolean | undefined) => (has ? { placeholder: words.kept } : { required: true });

/** With what to log in: password, key, or a credential that is saved. Secrets that are saved are never shown. */
export function LoginFields({ draft, saved, onChange }: Props) {
  const { data: credentials = [] } = useQuery(credentialsQuery);
  const { data: me } = useQuery(meQuery);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Select
        label={words.auth}
        value={draft.authType}
        onChange={(event) => {
          const authType = (['password', 'key', 'credential', 'agent'] as const).find(
            (one) => one === event.target.value,
          );
          if (authType) onChange({ authType });
        }}
      >
        <option value="password">{words.password}</option>
        <option value="key">{words.key}</option>
        {credentials.length > 0 || draft.authType === 'credential' ? (
          <option value="credential">{words.credential}</option>
        ) : null}
        {me?.is_admin || draft.authType === 'agent' ? <option value="agent">{words.agent}</option> : null}
      </Select>
      {draft.authType === 'password' ? (
        <PasswordField
          kind="secret"
          label={words.password}
          value={draft.password}
          onChange={(event) => onChange({ password: event.target.value })}
          {...kept(saved?.hasPassword)}
        />
      ) : null}
      {draft.authType === 'agent' ? (
        <AgentKeyField value={draft.agentKey} onChange={(event) => onChange({ agentKey: event.target.value })} />
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
      {draft.authType === 'key' ? <KeyFields draft={draft} saved={saved} onChange={onChange} /> : null}
    </div>
  );
}

/** A private key with its passphrase and certificate. */
function KeyFields({ draft, saved, onChange }: Props) {
  return (
    <>
      <PassphraseField value={draft.keyPassword} onChange={(event) => onChange({ keyPassword: event.target.value })} />
      <div className="flex flex-col gap-2 sm:col-span-2">
        <PrivateKeyField
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
        <CertificateField
          value={draft.certificate}
          saved={saved?.certificate === draft.certificate ? (saved?.certificateInfo ?? null) : null}
          onChange={(event) => onChange({ certificate: event.target.value })}
        />
        <details className="text-sm text-muted">
          <summary className="cursor-pointer">{words.leastPrivilege}</summary>
          <p className="my-2">{words.leastPrivilegeText}</p>
          <Copy label={words.leastPrivilege} text={words.leastPrivilegeCommand} />
        </details>
      </div>
    </>
  );
}
