import { useState } from 'react';
import type { PreviewView } from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { Button } from '../../../components/button.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { ruleFormTexts as words } from '../../../texts/alerts/rules.ts';

const mostShown = 10;

/** What the rule would have done in the last 7 days, as the server finds out from history. `body`: the rule as it is typed. */
export function RulePreview({ body }: { readonly body: () => Readonly<Record<string, unknown>> }) {
  const [preview, setPreview] = useState<PreviewView | null>(null);
  const { run, isBusy, error } = useAction(async () => {
    setPreview(null);
    setPreview(await request<PreviewView>('POST', '/rules/preview', body()));
  });
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button busy={isBusy} onClick={() => void run()}>
          {isBusy ? words.previewing : words.preview}
        </Button>
      </div>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {preview ? <Result preview={preview} /> : null}
    </div>
  );
}

function Result({ preview }: { readonly preview: PreviewView }) {
  const { hosts, stillOpen, incidents, notes } = preview;
  const isUnknown = hosts.withHistory === 0;
  return (
    <Notice kind="info" title={previewSentence(preview)}>
      {stillOpen > 0 ? <p>{words.previewOpen(stillOpen)}</p> : null}
      {!isUnknown && hosts.looked < hosts.selected ? <p>{words.previewLimited(hosts.looked, hosts.selected)}</p> : null}
      {!isUnknown && hosts.withHistory < hosts.looked ? (
        <p>{words.previewWith(hosts.withHistory, hosts.looked)}</p>
      ) : null}
      {notes.map((note) => (
        <p key={note} className="text-muted">
          {note}
        </p>
      ))}
      {incidents.length === 0 ? null : (
        <details className="mt-1">
          <summary className="text-accent">{words.previewShow}</summary>
          <ul className="mt-1 flex flex-col gap-1">
            {incidents.slice(0, mostShown).map((one) => (
              <li key={`${one.hostId} ${one.openedAt} ${one.summary}`} className="wrap-anywhere">
                <span className="numbers text-muted">{format.shortTime(one.openedAt)}</span> {one.hostName}:{' '}
                {one.summary}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Notice>
  );
}

/** What a preview comes to, in one sentence that claims no more than is known. */
export function previewSentence({ hosts, opened, onHosts }: Pick<PreviewView, 'hosts' | 'opened' | 'onHosts'>): string {
  if (hosts.selected === 0) return words.previewNoHosts;
  if (hosts.withHistory === 0) return words.previewNone;
  return opened === 0 ? words.previewNever : words.previewFired(opened, onHosts);
}
