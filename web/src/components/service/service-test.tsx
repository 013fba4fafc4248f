import { useState } from 'react';
import { request } from '../../api/http.ts';
import { Button } from '../button.tsx';
import { useAction } from '../form/use-action.ts';
import { Notice } from '../notice.tsx';

/** What a test of a service says. `answer`: how a success words what the service said. */
export type ServiceTestWords = {
  readonly test: string;
  readonly testing: string;
  readonly tested: string;
  readonly testFailed: string;
  readonly answer?: (text: string) => string;
};

type Answer = { readonly success: boolean; readonly answer?: string; readonly error?: string };

/** Has Sonde send a test to a service, and says what it really answered. `address`: of the service in the API. */
export function ServiceTest({
  address,
  words,
  look = 'plain',
  onTested,
}: {
  readonly address: string;
  readonly words: ServiceTestWords;
  readonly look?: 'plain' | 'primary';
  readonly onTested?: () => Promise<unknown>;
}) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { run, isBusy, error } = useAction(async () => {
    setAnswer(null);
    setAnswer(await request<Answer>('POST', `${address}/test`));
    await onTested?.();
  });
  const said = answer?.answer ?? answer?.error ?? '';
  return (
    <>
      <Button look={look} busy={isBusy} onClick={() => void run()}>
        {isBusy ? words.testing : words.test}
      </Button>
      {error === null ? null : (
        <div className="order-last w-full">
          <Notice kind="bad">{error}</Notice>
        </div>
      )}
      {answer === null ? null : (
        <div className="order-last w-full">
          <Notice kind={answer.success ? 'good' : 'bad'} title={answer.success ? words.tested : words.testFailed}>
            {said === '' ? null : answer.success ? (words.answer?.(said) ?? said) : said}
          </Notice>
        </div>
      )}
    </>
  );
}
