import { Notice } from '../../components/notice.tsx';
import * as format from '../../format.ts';
import { formTexts } from '../../texts/form.ts';
import { hostTexts } from '../../texts/host.ts';
import { ConnectionLog } from '../host/connection-log.tsx';
import type { Test } from './use-test.ts';

const words = formTexts;

/** The test as it goes, and what came of it. */
export function TestPanel({ test }: { readonly test: Test }) {
  const { logs, result, error } = test;
  if (logs.length === 0 && !result && !error && !test.isRunning) return null;
  return (
    <section aria-label={words.test} className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      {logs.length > 0 || test.isRunning ? <ConnectionLog entries={logs} /> : null}
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {result?.outcome === 'needs-code' ? <Notice kind="info">{words.testCode}</Notice> : null}
      {result?.outcome === 'failed' ? (
        <Notice kind="bad" title={words.testFailed}>
          <p>{result.failure?.message}</p>
          {result.failure?.hint ? <p>{result.failure.hint}</p> : null}
        </Notice>
      ) : null}
      {result?.outcome === 'ok' ? (
        <Notice kind="good" title={words.testOk}>
          {result.summary ? (
            <p>
              {[
                result.summary.hostname,
                result.summary.os,
                hostTexts.cores(result.summary.cores),
                result.summary.memoryTotalBytes === null ? '' : format.bytes(result.summary.memoryTotalBytes),
                result.summary.uptimeSeconds === null
                  ? ''
                  : `${hostTexts.up} ${format.duration(result.summary.uptimeSeconds)}`,
              ]
                .filter((part) => part)
                .join(' · ')}
            </p>
          ) : null}
        </Notice>
      ) : null}
      {result?.hostKey ? (
        <p className="break-all text-xs text-muted">
          {words.hostKey}: {result.hostKey.algorithm} {result.hostKey.fingerprint}
        </p>
      ) : null}
      {result && result.sectionErrors.length > 0 ? (
        <div className="text-sm">
          <p className="text-muted">{words.missing}</p>
          <ul className="list-disc pl-5">
            {result.sectionErrors.map((one) => (
              <li key={one.section}>
                {one.section}: {one.message}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  );
}
