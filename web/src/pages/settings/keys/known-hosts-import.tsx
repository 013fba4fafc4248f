import { useState } from 'react';
import { request } from '../../../api/http.ts';
import { hostKeysQuery, knownHostsQuery, pendingKeysQuery, refresh } from '../../../api/queries.ts';
import type { KnownHostsImport, Me } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import { Checkbox, TextArea } from '../../../components/form/field.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { hostKeyTexts } from '../../../texts/host-keys.ts';
import { Panel } from '../panel.tsx';

const words = hostKeyTexts;

/** Brings keys from ssh's known_hosts: first shows what that would do. */
export function KnownHostsImportForm({ me }: { readonly me: Me }) {
  const [text, setText] = useState('');
  const [forEverybody, setForEverybody] = useState(false);
  const [plan, setPlan] = useState<KnownHostsImport | null>(null);
  const [done, setDone] = useState<KnownHostsImport | null>(null);
  const change = (): void => {
    setPlan(null);
    setDone(null);
  };
  const preview = useAction(async () => {
    change();
    setPlan(await request<KnownHostsImport>('POST', '/known-hosts/preview', { text, forEverybody }));
  });
  const bring = useAction(async () => {
    setDone(await request<KnownHostsImport>('POST', '/known-hosts', { text, forEverybody }));
    setPlan(null);
    setText('');
    await refresh(hostKeysQuery, pendingKeysQuery, knownHostsQuery);
  });
  const error = preview.error ?? bring.error;
  return (
    <Panel title={words.importTitle} lead={words.importText}>
      <TextArea
        label={words.file}
        rows={6}
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          change();
          setText(target.value);
        }}
      />
      <label className="text-sm">
        <span className="mr-3">{words.readFile}</span>
        <input
          type="file"
          onChange={({ target }) => {
            change();
            void target.files?.[0]?.text().then(setText);
          }}
        />
      </label>
      {me.is_admin ? (
        <Checkbox
          label={words.everybody}
          checked={forEverybody}
          onChange={({ target }) => {
            change();
            setForEverybody(target.checked);
          }}
        />
      ) : null}
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {plan ? <Plan plan={plan} /> : null}
      {done ? <Notice kind="good">{words.importDone(done.pinned, done.kept)}</Notice> : null}
      <div className="flex gap-2">
        <Button disabled={text.trim() === ''} busy={preview.isBusy} onClick={() => void preview.run()}>
          {words.preview}
        </Button>
        {plan && plan.lines.length > 0 ? (
          <Button look="primary" busy={bring.isBusy} onClick={() => void bring.run()}>
            {words.import}
          </Button>
        ) : null}
      </div>
    </Panel>
  );
}

function Plan({ plan }: { readonly plan: KnownHostsImport }) {
  return (
    <div className="flex flex-col gap-3">
      <Notice kind="info">{words.importPlan(plan.pinned, plan.kept)}</Notice>
      {plan.lines.length > 0 ? (
        <DataTable
          label={words.preview}
          rows={plan.lines}
          keyOf={({ line }) => String(line)}
          columns={[
            { name: words.lineColumns.line, cell: ({ line }) => line, isNumber: true },
            {
              name: words.lineColumns.names,
              cell: ({ names }) => <span className="break-all">{namesText(names)}</span>,
            },
            {
              name: words.lineColumns.key,
              cell: ({ marker, algorithm, fingerprint }) => (
                <span className="break-all font-mono text-xs">
                  {words.markers[marker]} {algorithm} {fingerprint}
                </span>
              ),
            },
            {
              name: words.lineColumns.effect,
              cell: ({ hosts }) =>
                hosts.length === 0
                  ? words.noHost
                  : hosts.map(({ name, effect }) => `${name} ${words.effects[effect]}`).join('; '),
            },
          ]}
        />
      ) : null}
      {plan.skipped.length > 0 ? (
        <div className="text-sm">
          <p className="font-medium">{words.skipped}</p>
          <ul className="list-disc pl-5 text-muted">
            {plan.skipped.slice(0, 50).map(({ line, reason }) => (
              <li key={line}>
                {words.lineColumns.line} {line}: {reason}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}

/** Names as people can read them; a hashed one cannot be. */
export function namesText(names: string): string {
  return names.startsWith('|') ? words.hashed : names;
}
