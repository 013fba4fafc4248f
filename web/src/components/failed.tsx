import { Link } from '@tanstack/react-router';
import { useView } from '../live/use-live.ts';
import { texts } from '../texts/common.ts';
import { hostTexts } from '../texts/host.ts';
import { Button, buttonClass } from './button.tsx';
import { Notice } from './notice.tsx';
import { useTitle } from './use-title.ts';

/** What is shown where a page could not be made. */
export function Failed({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return (
    <div className="mx-auto flex max-w-lg flex-col gap-4 p-6 pt-16">
      <h1 className="text-xl font-semibold">{texts.errors.title}</h1>
      <Notice kind="bad">{error instanceof Error ? error.message : String(error)}</Notice>
      <div>
        <Button onClick={() => location.reload()}>{texts.retry}</Button>
        <Link to="/" onClick={reset} className={buttonClass('quiet')}>
          {hostTexts.toFleet}
        </Link>
      </div>
    </div>
  );
}

/** An address that is none of the page's. */
export function MissingPage() {
  useTitle(texts.errors.notFoundTitle);
  useView({ hosts: [], watch: [] });
  return <Missing />;
}

/** Where there is nothing: no such page, or no such host. */
export function Missing({ text = texts.errors.notFound }: { readonly text?: string }) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-start gap-4 p-6 pt-16">
      <h1 className="text-xl font-semibold">{text}</h1>
      <Link to="/" className={buttonClass('primary')}>
        {hostTexts.toFleet}
      </Link>
    </div>
  );
}
