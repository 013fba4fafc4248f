import { Link } from '@tanstack/react-router';
import { texts } from '../texts.ts';
import { Button, buttonClass } from './button.tsx';
import { Notice } from './notice.tsx';

/** What is shown where a page could not be made. */
export function Failed({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return (
    <main className="mx-auto flex max-w-lg flex-col gap-4 p-6 pt-16">
      <Notice kind="bad" title={texts.errors.title}>
        {error instanceof Error ? error.message : String(error)}
      </Notice>
      <div>
        <Button onClick={() => location.reload()}>{texts.retry}</Button>
        <Link to="/" onClick={reset} className={buttonClass('quiet')}>
          {texts.host.toFleet}
        </Link>
      </div>
    </main>
  );
}

export function Missing() {
  return (
    <main className="mx-auto flex max-w-lg flex-col items-start gap-4 p-6 pt-16">
      <Notice kind="info">{texts.errors.notFound}</Notice>
      <Link to="/" className={buttonClass('primary')}>
        {texts.host.toFleet}
      </Link>
    </main>
  );
}
