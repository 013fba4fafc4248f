import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ChannelField,
  type ChannelKindView,
  type ChannelView,
  channelKindsQuery,
  channelsQuery,
} from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Checkbox, Select, TextArea, TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { channelsTexts as words } from '../../../texts/alerts/channels.ts';
import { texts } from '../../../texts/common.ts';
import { Loaded } from '../../settings/panel.tsx';
import { hostsOf } from '../rules/draft.ts';
import { type HostsChoice, HostsField } from '../rules/hosts-field.tsx';
import { configOf, fieldName, filterOf, inWords, isTemplate, labelOf, shownValue } from './config.ts';
import { TestChannel } from './test-channel.tsx';

/** A channel to be added or changed: its fields are those that the API describes for its kind. */
export function ChannelDialog({
  saved,
  onClose,
}: {
  readonly saved: ChannelView | null;
  readonly onClose: () => void;
}) {
  const kinds = useQuery(channelKindsQuery);
  const [made, setMade] = useState<ChannelView | null>(null);
  const [before, setBefore] = useState(saved);
  if (made !== null) {
    const edit = (): void => {
      setBefore(made);
      setMade(null);
    };
    return <SavedDialog channel={made} onEdit={edit} onClose={onClose} />;
  }
  // Not before its fields are known: the first of them has the focus.
  if (kinds.isPending) return null;
  return (
    <Dialog title={before ? `${texts.edit}: ${before.name}` : words.add} onClose={onClose} wide>
      <Loaded query={kinds}>
        {(all) => <ChannelForm kinds={all} saved={before} onMade={setMade} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

function ChannelForm({
  kinds,
  saved,
  onMade,
  onClose,
}: {
  readonly kinds: readonly ChannelKindView[];
  readonly saved: ChannelView | null;
  readonly onMade: (channel: ChannelView) => void;
  readonly onClose: () => void;
}) {
  const [chosen, setChosen] = useState(saved?.kind ?? kinds[0]?.kind ?? '');
  const [hosts, setHosts] = useState<HostsChoice>(() => hostsOf(saved?.filter.hosts ?? { all: true }));
  const kind = kinds.find((one) => one.kind === chosen);
  const action = useAction(async (form: HTMLFormElement) => {
    if (!kind) return;
    const typed = fieldsOf(form);
    const body = {
      ...(saved ? {} : { kind: kind.kind }),
      name: typed.name?.trim() || kind.title,
      filter: filterOf(typed.atLeast ?? '', hosts, saved?.filter ?? {}),
      config: configOf(kind, typed),
    };
    const answer = saved
      ? await request<ChannelView>('PUT', `/channels/${saved.id}`, body)
      : await request<ChannelView>('POST', '/channels', body);
    await refresh(channelsQuery);
    onMade(answer);
  });
  const error = action.error === null ? null : inWords(action.error);
  return (
    <Form action={{ ...action, error }} submit={texts.save} onCancel={onClose}>
      {saved?.config === null ? <Notice kind="warn">{words.cannotOpen}</Notice> : null}
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={words.kind}
          value={chosen}
          disabled={saved !== null}
          onChange={(event) => setChosen(event.target.value)}
        >
          {kinds.map((one) => (
            <option key={one.kind} value={one.kind}>
              {one.title}
            </option>
          ))}
        </Select>
        <TextField
          label={words.name}
          hint={words.nameHint}
          name="name"
          maxLength={100}
          defaultValue={saved?.name}
          placeholder={kind?.title}
          autoComplete="off"
        />
      </div>
      {kind ? <ConfigFields key={`address of ${kind.kind}`} kind={kind} saved={saved} /> : null}
      <Filter saved={saved} />
      <HostsField value={hosts} withCustom={hosts.hostsKind === 'custom'} onChange={setHosts} />
      {kind ? <OwnWords key={`words of ${kind.kind}`} kind={kind} saved={saved} /> : null}
      <p className="text-xs text-muted">{words.sealed}</p>
    </Form>
  );
}

function Filter({ saved }: { readonly saved: ChannelView | null }) {
  const atLeast = saved?.filter.atLeast ?? '';
  const options =
    atLeast === '' || atLeast === 'critical' ? (['', 'critical'] as const) : (['', atLeast, 'critical'] as const);
  return (
    <Select label={words.filter} name="atLeast" defaultValue={atLeast}>
      {options.map((one) => (
        <option key={one} value={one}>
          {words.filters[one]}
        </option>
      ))}
    </Select>
  );
}

type FieldsProps = { readonly kind: ChannelKindView; readonly saved: ChannelView | null };

function ConfigFields({ kind, saved }: FieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <FieldsOf kind={kind} saved={saved} isShown={(name) => !isTemplate(name)} />
    </div>
  );
}

/** Templates, for those who want them. Open where there are some. */
function OwnWords({ kind, saved }: FieldsProps) {
  const isUsed = Object.keys(saved?.config ?? {}).some(isTemplate);
  return (
    <details className="rounded-xl border border-line p-4" open={isUsed || undefined}>
      <summary className="text-sm font-medium">{words.ownWords}</summary>
      <div className="flex flex-col gap-4 pt-4">
        <p className="text-sm text-muted">{words.ownWordsText}</p>
        <FieldsOf kind={kind} saved={saved} isShown={isTemplate} />
      </div>
    </details>
  );
}

function FieldsOf({ kind, saved, isShown }: FieldsProps & { readonly isShown: (name: string) => boolean }) {
  const { properties, required = [] } = kind.config;
  return Object.entries(properties)
    .filter(([name]) => isShown(name))
    .map(([name, field]) => (
      <ConfigField
        key={name}
        name={name}
        field={field}
        isRequired={required.includes(name)}
        value={shownValue(saved?.config?.[name])}
      />
    ));
}

function ConfigField({
  name,
  field,
  isRequired,
  value,
}: {
  readonly name: string;
  readonly field: ChannelField;
  readonly isRequired: boolean;
  readonly value: string;
}) {
  const { type, description = '' } = field;
  const label = isRequired || isTemplate(name) ? labelOf(name) : words.optional(labelOf(name));
  const about = { label, name: fieldName(name), defaultValue: value };
  if (field.enum)
    return (
      <Select {...about} hint={description}>
        {[...(isRequired ? [] : ['']), ...field.enum].map((one) => (
          <option key={one} value={one}>
            {one === '' ? words.usual : labelOf(one)}
          </option>
        ))}
      </Select>
    );
  if (type === 'boolean')
    return (
      <Checkbox label={labelOf(name)} name={fieldName(name)} hint={description} defaultChecked={value === 'true'} />
    );
  if (type === 'array' || type === 'object')
    return (
      <TextArea
        {...about}
        rows={2}
        spellCheck={false}
        hint={`${description}. ${type === 'array' ? words.list : words.pairs}`}
      />
    );
  const isSecret = field.secret === true;
  const isAddress = field.pattern === '^https?://';
  return (
    <TextField
      {...about}
      hint={description}
      type={isSecret && !isAddress ? 'password' : type === 'integer' ? 'number' : 'text'}
      autoComplete="off"
      spellCheck={false}
      // What stands for a stored secret is replaced as a whole.
      onFocus={isSecret ? (event) => event.target.select() : undefined}
      {...(isAddress ? { placeholder: 'https://…' } : {})}
      {...(field.minimum === undefined ? {} : { min: field.minimum, max: field.maximum })}
    />
  );
}

/** After it was saved: a test shows whether it really works, and what does not can be corrected at once. */
function SavedDialog({
  channel,
  onEdit,
  onClose,
}: {
  readonly channel: ChannelView;
  readonly onEdit: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title={words.savedTitle} onClose={onClose}>
      <p className="text-sm">{words.saved}</p>
      <TestChannel id={channel.id} look="primary" />
      <div className="flex justify-end gap-2">
        <Button onClick={onEdit}>{texts.edit}</Button>
        <Button onClick={onClose}>{words.done}</Button>
      </div>
    </Dialog>
  );
}
