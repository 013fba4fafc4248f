import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { live } from '../../../live/use-live.ts';
import { bulkTexts } from '../../../texts/bulk.ts';
import { texts } from '../../../texts/common.ts';
import type { BulkResult } from './run-bulk.ts';
import { type BulkRun, failedOf } from './use-bulk.ts';

/** What a bulk action has done so far, and what went wrong at which host. */
export function BulkAccount({
  run,
  onStop,
  onAgain,
  onClose,
}: {
  readonly run: BulkRun;
  readonly onStop: () => void;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}) {
  const { all, results, state } = run;
  const failed = failedOf(run);
  const done = results.length - failed.length;
  return (
    <div className="flex flex-col gap-4">
      {state === 'running' ? (
        <div role="status" className="flex flex-col gap-2 text-sm">
          {bulkTexts.progress(results.length, all)}
          <progress
            value={results.length}
            max={all}
            aria-label={bulkTexts.progress(results.length, all)}
            className="w-full accent-accent"
          />
        </div>
      ) : (
        <>
          {done > 0 ? <Notice kind="good">{bulkTexts.done(done)}</Notice> : null}
          {state === 'stopped' ? <Notice kind="warn">{bulkTexts.stopped(all - results.length)}</Notice> : null}
        </>
      )}
      {failed.length > 0 ? (
        <>
          <Notice kind="bad">{bulkTexts.failed(failed.length)}</Notice>
          <Failures failed={failed} />
        </>
      ) : null}
      <div className="flex flex-wrap justify-end gap-2">
        {state === 'running' ? (
          <Button onClick={onStop}>{bulkTexts.stop}</Button>
        ) : (
          <>
            {failed.length > 0 ? <Button onClick={onAgain}>{bulkTexts.again}</Button> : null}
            <Button look="primary" onClick={onClose}>
              {texts.close}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

/** Each host with what it failed of, those with the same words together. */
function Failures({ failed }: { readonly failed: readonly BulkResult[] }) {
  const byError = Map.groupBy(failed, ({ error }) => error ?? '');
  return (
    <section
      aria-label={bulkTexts.failedList}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard
      tabIndex={0}
      className="max-h-[40dvh] overflow-y-auto rounded-lg border border-line"
    >
      <dl className="divide-y divide-line text-sm">
        {[...byError].map(([error, results]) => (
          <div key={error} className="flex flex-col gap-1 px-3 py-2">
            <dt className="text-bad">{error}</dt>
            <dd className="break-words">{namesOf(results).join(', ')}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function namesOf(results: readonly BulkResult[]): readonly string[] {
  return results.map(nameOf).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function nameOf({ hostId, name }: BulkResult): string {
  return name ?? live.getState().fleet.get(hostId)?.host.name ?? bulkTexts.unknownHost(hostId);
}
