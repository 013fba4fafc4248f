import { Link } from '@tanstack/react-router';
import type { ImportResult, ImportSkipped } from '../../api/types.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { importTexts } from '../../texts/import.ts';

const words = importTexts;
const maxShown = 50;

/** What came of an import, with the ways on. */
export function Result({ result, onAgain }: { readonly result: ImportResult; readonly onAgain: () => void }) {
  const { created, rest } = result;
  return (
    <div className="flex flex-col gap-4">
      <Notice kind={created.length > 0 ? 'good' : 'info'} title={words.done(created.length)} />
      {created.length > 0 ? (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {created.slice(0, maxShown).map(({ id, name }) => (
            <li key={id} className="min-w-0 break-words">
              <Link to="/hosts/$id" params={{ id }} className="text-accent underline">
                {name}
              </Link>
            </li>
          ))}
          <More count={created.length - maxShown} />
        </ul>
      ) : null}
      {rest.length > 0 ? (
        <div className="text-sm">
          <p className="font-medium">{words.rest(rest.length)}</p>
          <ul className="list-disc break-words pl-5 text-muted">
            {rest.slice(0, maxShown).map(({ key, name, reason }) => (
              <li key={key}>
                {name}: {reason}
              </li>
            ))}
            <More count={rest.length - maxShown} />
          </ul>
        </div>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Link to="/" className={buttonClass('primary')}>
          {words.toFleet}
        </Link>
        <Button onClick={onAgain}>{words.again}</Button>
      </div>
    </div>
  );
}

/** What was left out of the files, and why. */
export function Skipped({ skipped }: { readonly skipped: readonly ImportSkipped[] }) {
  if (skipped.length === 0) return null;
  return (
    <details className="rounded-xl border border-line p-4 text-sm" open={skipped.length <= 5}>
      <summary className="font-medium">{words.skipped(skipped.length)}</summary>
      <ul className="list-disc break-words pl-5 pt-2 text-muted">
        {skipped.slice(0, maxShown).map(({ file, line, text, reason }) => (
          <li key={`${file} ${line} ${text} ${reason}`}>
            {[file, line > 0 ? `${words.line} ${line}` : ''].filter((part) => part).join(', ')}
            {file || line > 0 ? ': ' : ''}
            {text ? <code className="font-mono text-xs text-text">{text}</code> : null} {reason}
          </li>
        ))}
        <More count={skipped.length - maxShown} />
      </ul>
    </details>
  );
}

function More({ count }: { readonly count: number }) {
  return count > 0 ? <li className="list-none text-muted">{words.more(count)}</li> : null;
}
