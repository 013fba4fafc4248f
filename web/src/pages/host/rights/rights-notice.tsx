import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../../api/http.ts';
import { hostQuery, queryClient, sudoersQuery } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Copy } from '../../../components/copy.tsx';
import { Icon } from '../../../components/icon.tsx';
import { clock } from '../../../format.ts';
import { rightsTexts as words } from '../../../texts/host-details/rights.ts';
import type { Start } from '../use-start.ts';
import type { Lacking } from './rights.ts';

type Props = { readonly id: number; readonly lacking: readonly Lacking[]; readonly start: Start };

/** Which sections need root, what permits them, and the button that uses it; said once for all of them. */
export function RightsNotice(props: Props) {
  const { id, lacking } = props;
  const { data: record } = useQuery(hostQuery(id));
  if (lacking.length === 0) return null;
  const mayManage = record?.level === 'manage';
  return (
    <section
      id="rights"
      aria-labelledby="rights-title"
      className="flex gap-3 rounded-xl bg-warn-soft px-4 py-3 text-sm"
    >
      <Icon name="warn" className="mt-0.5 size-4 text-warn" />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <h2 id="rights-title" className="font-semibold text-warn">
          {words.title(lacking.map(({ title }) => title))}
        </h2>
        {mayManage ? <Permit {...props} /> : <p>{words.onlyManagers}</p>}
      </div>
    </section>
  );
}

function Permit({ id, lacking, start }: Props) {
  const { data } = useQuery(sudoersQuery(id));
  const { tryAgain, askedAt, isBusy, error } = useSudo(id, start);
  if (!data) return null;
  const { user, file, isOn } = data;
  return (
    <>
      {isOn ? (
        <div>
          <p>{words.refused}</p>
          <ul className="list-disc pl-5">
            {[...new Set(lacking.map(({ message }) => message))].map((message) => (
              <li key={message} className="break-words">
                {message}
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <p>{words.off(user)}</p>
      )}
      {file === null ? (
        <p>{words.noUser}</p>
      ) : (
        <details>
          <summary className="cursor-pointer font-medium">{words.file}</summary>
          <div className="flex flex-col gap-2 pt-2">
            <div className="max-h-60 overflow-y-auto">
              <Copy label={words.fileLabel} text={file} />
            </div>
            <p>{words.install}</p>
            <Copy label={words.installLabel} text={words.commands} />
          </div>
        </details>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button busy={isBusy} onClick={() => void tryAgain(!isOn)}>
          {isOn ? words.again : words.turnOn}
        </Button>
        <p role="status" className="min-w-0 flex-1 basis-60 text-muted">
          {isOn ? askedAt !== null && words.asked(clock(askedAt)) : words.ifRefused}
        </p>
      </div>
      {error === null ? null : (
        <p role="alert" className="text-bad">
          {error}
        </p>
      )}
    </>
  );
}

type Answered = { readonly results: readonly { readonly error: string | null }[] };

/** Turns sudo on where it is off, and reads the host again. */
function useSudo(id: number, start: Start) {
  const [isSaving, setIsSaving] = useState(false);
  const [error, setError] = useState<string | null>(null);
  /** When this browser asked the last time, by its own clock. */
  const [askedAt, setAskedAt] = useState<number | null>(null);
  const tryAgain = async (isTurnedOn: boolean): Promise<void> => {
    setIsSaving(true);
    setError(null);
    try {
      if (isTurnedOn) {
        const { results } = await request<Answered>('POST', '/hosts/bulk', {
          hostIds: [id],
          action: 'sudo',
          sudo: true,
        });
        if (results[0]?.error) throw new Error(results[0].error);
        await start.start();
      } else await request('POST', `/hosts/${id}/ask-rights`);
      setAskedAt(isTurnedOn ? null : Date.now());
      await queryClient.invalidateQueries({ queryKey: sudoersQuery(id).queryKey });
      await queryClient.invalidateQueries({ queryKey: hostQuery(id).queryKey });
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
    } finally {
      setIsSaving(false);
    }
  };
  return { tryAgain, askedAt, isBusy: isSaving || start.isBusy, error: error ?? start.error };
}
