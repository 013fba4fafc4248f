import { useState } from 'react';
import { type Destination, destinationsQuery } from '../../../api/destinations.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { Select, TextArea, TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { texts } from '../../../texts/common.ts';
import { destinationTexts as words } from '../../../texts/exports/destinations.ts';
import { hostsOf } from '../../alerts/rules/draft.ts';
import { type HostsChoice, HostsField } from '../../alerts/rules/hosts-field.tsx';
import { bodyOf, linesOf } from './draft.ts';

const kinds: readonly Destination['kind'][] = ['remote-write', 'otlp'];

/** A destination to be added or changed. What it speaks is chosen first, and stays. */
export function DestinationDialog({
  saved,
  onClose,
}: {
  readonly saved: Destination | null;
  readonly onClose: () => void;
}) {
  const [hosts, setHosts] = useState<HostsChoice>(() => hostsOf(saved?.hosts ?? { all: true }));
  const [kind, setKind] = useState<Destination['kind']>(saved?.kind ?? 'remote-write');
  const config = saved?.config ?? null;
  const action = useAction(async (form: HTMLFormElement) => {
    const body = bodyOf(kind, fieldsOf(form), hosts, saved);
    if (saved) await request('PUT', `/destinations/${saved.id}`, body);
    else await request('POST', '/destinations', body);
    await refresh(destinationsQuery);
    onClose();
  });
  return (
    <Dialog title={saved ? `${texts.edit}: ${saved.name}` : words.add} onClose={onClose} wide>
      <Form action={action} submit={texts.save} onCancel={onClose}>
        {saved !== null && config === null ? <Notice kind="warn">{words.cannotOpen}</Notice> : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <Select
            label={words.kind}
            value={kind}
            disabled={saved !== null}
            onChange={({ target }) => setKind(kinds.find((one) => one === target.value) ?? kind)}
          >
            {kinds.map((one) => (
              <option key={one} value={one}>
                {words.kinds[one]}
              </option>
            ))}
          </Select>
          <TextField
            label={words.name}
            name="name"
            required
            maxLength={100}
            autoComplete="off"
            defaultValue={saved?.name ?? ''}
          />
        </div>
        <TextField
          label={words.url}
          hint={words.urlHints[kind]}
          name="url"
          inputMode="url"
          required
          autoComplete="off"
          spellCheck={false}
          placeholder="https://…"
          defaultValue={config?.url ?? ''}
        />
        <HostsField value={hosts} withCustom={hosts.hostsKind === 'custom'} onChange={setHosts} />
        <Login config={config} />
        <More kind={kind} config={config} />
        <p className="text-xs text-muted">{words.sealed}</p>
      </Form>
    </Dialog>
  );
}

type FieldsProps = { readonly config: Destination['config'] };

/** What stands for a stored secret is replaced as a whole. */
const secret = {
  type: 'password',
  autoComplete: 'off',
  onFocus: (event: { readonly target: HTMLInputElement }) => event.target.select(),
} as const;

function Login({ config }: FieldsProps) {
  return (
    <fieldset className="grid gap-4 sm:grid-cols-2">
      <legend className="mb-2 text-sm font-medium">{words.login}</legend>
      <TextField label={words.username} name="username" autoComplete="off" defaultValue={config?.username ?? ''} />
      <TextField label={words.password} name="password" {...secret} defaultValue={config?.password ?? ''} />
      <TextField
        label={words.token}
        hint={words.tokenHint}
        name="token"
        {...secret}
        defaultValue={config?.token ?? ''}
      />
    </fieldset>
  );
}

/** What few need. Open where there is some of it. */
function More({ kind, config }: FieldsProps & { readonly kind: Destination['kind'] }) {
  const isUsed = config?.job !== undefined || config?.labels !== undefined || config?.headers !== undefined;
  return (
    <details className="rounded-xl border border-line p-4" open={isUsed || undefined}>
      <summary className="text-sm font-medium">{words.more}</summary>
      <div className="flex flex-col gap-4 pt-4">
        <TextArea
          label={words.labels}
          hint={words.labelsHint}
          name="labels"
          rows={2}
          spellCheck={false}
          defaultValue={linesOf(config?.labels)}
        />
        <TextArea
          label={words.headers}
          hint={words.headersHint}
          name="headers"
          rows={2}
          spellCheck={false}
          defaultValue={linesOf(config?.headers)}
        />
        <TextField
          label={words.job}
          hint={words.jobHints[kind]}
          name="job"
          autoComplete="off"
          placeholder="node"
          defaultValue={config?.job ?? ''}
        />
      </div>
    </details>
  );
}
