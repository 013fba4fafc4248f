import { type ReactNode, useState } from 'react';
import { parseSshCommand } from '../../../../src/model/connection/ssh-command.ts';
import { request } from '../../api/http.ts';
import { credentialsQuery, hostQuery, queryClient, refresh } from '../../api/queries.ts';
import type { Host } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/form/field.tsx';
import { useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { live } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { formTexts } from '../../texts/form.ts';
import { bodyOf, type Draft, draftOf, emptyDraft } from './draft.ts';
import { LoginFields } from './login-fields.tsx';
import { MoreFields } from './more-fields.tsx';
import { TestPanel } from './test-panel.tsx';
import { useTest } from './use-test.ts';
import { WayFields } from './way-fields.tsx';

const words = formTexts;

/** The form of a host, new or saved: an ssh command or the fields, a test, and saving. */
export function HostForm({
  saved,
  onSaved,
  onCancel,
}: {
  readonly saved: Host | null;
  readonly onSaved: (host: Host) => void;
  readonly onCancel: () => void;
}) {
  const [draft, setDraft] = useState(saved ? draftOf(saved) : emptyDraft);
  const test = useTest();
  const isLocal = saved?.connectionType === 'local';
  const body = (): Record<string, unknown> => bodyOf(draft, saved?.connectionType ?? 'ssh');
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part });
    test.forget();
  };
  const saving = useAction(async () => {
    const host = saved
      ? await request<Host>('PUT', `/host/db/host/${saved.id}`, body())
      : await request<Host>('POST', '/host/db/host', body());
    // Also if reading it anew is cut short, a form that is opened next begins with what was saved.
    queryClient.setQueryData(hostQuery(host.id).queryKey, host);
    await refresh(hostQuery(host.id), credentialsQuery);
    onSaved(host);
  });
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        const { submitter } = event.nativeEvent as SubmitEvent;
        if (submitter?.getAttribute('value') === 'test')
          void test.run({ ...body(), ...(saved ? { hostId: saved.id } : {}) });
        else void saving.run();
      }}
    >
      {isLocal ? null : (
        <>
          {saved ? null : <PasteField onParsed={change} />}
          <AddressFields draft={draft} onChange={change} />
          <LoginFields draft={draft} saved={saved} onChange={change} />
        </>
      )}
      <TextField
        label={words.name}
        hint={words.nameHint}
        value={draft.name}
        onChange={(event) => change({ name: event.target.value })}
      />
      {isLocal ? null : <WayFields draft={draft} savedId={saved?.id ?? null} onChange={change} />}
      <MoreFields draft={draft} savedId={saved?.id ?? null} onChange={change} />
      <TestPanel test={test} />
      {saving.error ? <Notice kind="bad">{saving.error}</Notice> : null}
      <div className="flex flex-wrap gap-2">
        {test.isRunning ? (
          <Button onClick={test.stop}>{words.stop}</Button>
        ) : (
          <Button type="submit" value="test" look={test.result?.outcome ? 'plain' : 'primary'}>
            {words.test}
          </Button>
        )}
        <Button
          type="submit"
          look={test.result && test.result.outcome !== 'failed' ? 'primary' : 'plain'}
          busy={saving.isBusy}
        >
          {saved ? texts.save : test.result ? words.addHost : words.saveAnyway}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {texts.cancel}
        </Button>
      </div>
    </form>
  );
}

function AddressFields({
  draft,
  onChange: change,
}: {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-[1fr_7rem]">
      <TextField
        label={words.address}
        hint={words.addressHint}
        value={draft.ip}
        required
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => change({ ip: event.target.value })}
      />
      <TextField
        label={words.port}
        type="number"
        min={1}
        max={65535}
        required
        value={draft.port}
        onChange={(event) => change({ port: event.target.value })}
      />
      <TextField
        label={words.username}
        value={draft.username}
        required={draft.authType !== 'credential'}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        onChange={(event) => change({ username: event.target.value })}
      />
    </div>
  );
}

/** A line as it is typed in a terminal fills the fields. Jump hosts are found among the hosts that are there. */
function PasteField({ onParsed }: { readonly onParsed: (part: Partial<Draft>) => void }) {
  const [note, setNote] = useState<ReactNode>(null);
  const [error, setError] = useState<string | null>(null);
  const read = (line: string): void => {
    setNote(null);
    setError(null);
    if (line.trim() === '') return;
    const parsed = parseSshCommand(line);
    if ('error' in parsed) {
      setError(parsed.error);
      return;
    }
    const known = [...live.getState().fleet.values()].map(({ host }) => host);
    const hops = parsed.jumpHosts.map(({ address, port, username }) => ({
      said: `${username ? `${username}@` : ''}${address}${port === 22 ? '' : `:${port}`}`,
      host: known.find(
        (host) =>
          (host.ip === address || host.name === address) &&
          host.port === port &&
          (!username || host.username === username),
      ),
    }));
    const missing = hops.filter(({ host }) => !host).map(({ said }) => said);
    if (missing.length > 0) setNote(`${words.jumpText} ${missing.join(', ')}`);
    onParsed({
      ip: parsed.address,
      port: String(parsed.port),
      username: parsed.username ?? '',
      jumpHosts: hops.flatMap(({ host }) => (host ? [{ hostId: host.id }] : [])),
      ...(parsed.identityFile ? { authType: 'key' as const } : {}),
    });
  };
  return (
    <TextField
      label={words.paste}
      hint={note ?? words.pasteText}
      error={error}
      placeholder={words.pasteHint}
      spellCheck={false}
      autoCapitalize="none"
      autoFocus
      className="font-mono"
      onChange={(event) => read(event.target.value)}
    />
  );
}
