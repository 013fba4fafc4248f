import { useState } from 'react';
import { channelsQuery, deliveriesQuery } from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { channelsTexts as words } from '../../../texts/alerts/channels.ts';

type Answer = { readonly success: boolean; readonly answer?: string; readonly error?: string };

/** Sends a test message, and says what the service really answered. */
export function TestChannel({ id, look = 'plain' }: { readonly id: number; readonly look?: 'plain' | 'primary' }) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { run, isBusy, error } = useAction(async () => {
    setAnswer(null);
    setAnswer(await request<Answer>('POST', `/channels/${id}/test`));
    await refresh(channelsQuery, deliveriesQuery(id));
  });
  const said = answer?.answer ?? answer?.error ?? '';
  return (
    <>
      <Button look={look} busy={isBusy} onClick={() => void run()}>
        {isBusy ? words.testing : words.test}
      </Button>
      {error ? (
        <div className="w-full">
          <Notice kind="bad">{error}</Notice>
        </div>
      ) : null}
      {answer ? (
        <div className="w-full">
          <Notice kind={answer.success ? 'good' : 'bad'} title={answer.success ? words.tested : words.testFailed}>
            {said === '' ? null : answer.success ? words.answer(said) : said}
          </Notice>
        </div>
      ) : null}
    </>
  );
}
