import { useState } from 'react';
import { at } from '../../api/base.ts';
import { Button } from '../../components/button.tsx';
import { TextArea, TextField } from '../../components/form/field.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { docsTexts } from '../../texts/docs.ts';
import type { ApiRoute } from './description.ts';

/** One route: what it does, and once it is opened the fields that send it. */
export function RouteForm({ route }: { readonly route: ApiRoute }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      className="border-t border-line py-1 first:border-0"
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary className="flex flex-wrap items-baseline gap-x-3 rounded-lg px-2 py-1.5 text-sm hover:bg-sunken">
        <span className="w-16 shrink-0 font-mono text-xs font-semibold text-accent">{route.method}</span>
        <code className="min-w-0 font-semibold wrap-anywhere">{route.path}</code>
        <span className="min-w-0 text-muted">{route.summary}</span>
        {route.isPublic ? <span className="text-xs text-muted">{docsTexts.public}</span> : null}
      </summary>
      {isOpen ? <Fields route={route} /> : null}
    </details>
  );
}

function Fields({ route }: { readonly route: ApiRoute }) {
  const [answer, setAnswer] = useState<string | null>(null);
  const { run, isBusy, error } = useAction(async (form: HTMLFormElement) => {
    setAnswer(null);
    setAnswer(await send(route, fieldsOf(form)));
  });
  return (
    <form
      className="flex flex-col items-start gap-3 px-2 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        void run(event.currentTarget);
      }}
    >
      {route.parameters.length > 0 ? (
        <div className="grid w-full gap-3 sm:grid-cols-2 lg:grid-cols-4">
          {route.parameters.map(({ name, isInPath }) => (
            <TextField
              key={name}
              label={isInPath ? `${name} (${docsTexts.required})` : name}
              name={name}
              required={isInPath}
              spellCheck={false}
              autoCapitalize="none"
              autoComplete="off"
            />
          ))}
        </div>
      ) : null}
      {route.body === null ? null : (
        <div className="w-full">
          <TextArea label={docsTexts.body} name=" body" rows={8} spellCheck={false} defaultValue={route.body} />
        </div>
      )}
      <Button type="submit" look="primary" busy={isBusy}>
        {docsTexts.send}
      </Button>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {answer === null ? null : <Answer text={answer} />}
    </form>
  );
}

function Answer({ text }: { readonly text: string }) {
  return (
    <pre
      role="region"
      aria-label={docsTexts.answer}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-96 w-full overflow-auto whitespace-pre-wrap rounded-lg bg-sunken p-3 text-xs wrap-anywhere"
    >
      {text}
    </pre>
  );
}

/** Status and body of the answer as text, whatever it is. */
async function send(route: ApiRoute, fields: Readonly<Record<string, string>>): Promise<string> {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(fields[name] ?? ''));
  const query = route.parameters.filter(({ name, isInPath }) => !isInPath && (fields[name] ?? '') !== '');
  const search = new URLSearchParams(query.map(({ name }) => [name, fields[name] ?? ''])).toString();
  const body = fields[' body'];
  const response = await fetch(at(search === '' ? path : `${path}?${search}`), {
    method: route.method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body }),
  });
  const text = await response.text();
  return `${response.status}\n${pretty(text)}`;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
