import { type FormEvent, useId, useRef, useState } from 'react';
import type { Window } from '../../../charts/lines.ts';
import { Button } from '../../../components/button.tsx';
import { TextField } from '../../../components/form/field.tsx';
import { fieldsOf } from '../../../components/form/use-action.ts';
import { historyTexts as words } from '../../../texts/history.ts';
import { ofField, toField } from './moves.ts';

/** A button that opens two fields for a span of one's own. A popover of the browser: it closes on Esc and on a click elsewhere. */
export function OwnSpan({
  range,
  isShown,
  onShow,
  className,
}: {
  readonly range: Window;
  /** Whether the shown span is one's own. */
  readonly isShown: boolean;
  readonly onShow: (span: Window) => void;
  readonly className: string;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<Window | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [below, setBelow] = useState({ top: 0, left: 0 });
  const place = (): void => {
    const box = button.current?.getBoundingClientRect();
    if (box) setBelow({ top: box.bottom + 6, left: Math.max(8, Math.min(box.left, innerWidth - 300)) });
  };
  const show = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = fieldsOf(event.currentTarget);
    const [from, to] = [ofField(fields.from ?? ''), ofField(fields.to ?? '')];
    if (from === null || to === null || from >= to) {
      setError(words.ownError);
      return;
    }
    setError(null);
    popover.current?.hidePopover();
    onShow({ from, to });
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-pressed={isShown}
        onClick={place}
        className={className}
      >
        {words.own}
      </button>
      <div
        ref={popover}
        id={id}
        popover="auto"
        onBeforeToggle={({ newState }) => setOpened(newState === 'open' ? range : null)}
        style={below}
        className="fixed inset-auto m-0 w-72 max-w-[calc(100vw-1rem)] rounded-xl border border-line bg-surface p-4 text-text shadow-raised"
      >
        {opened ? (
          <form onSubmit={show} aria-label={words.ownTitle} className="flex flex-col gap-3">
            <TextField
              label={words.from}
              name="from"
              type="datetime-local"
              required
              defaultValue={toField(opened.from)}
            />
            <TextField
              label={words.to}
              name="to"
              type="datetime-local"
              required
              error={error}
              defaultValue={toField(opened.to)}
            />
            <Button type="submit" look="primary">
              {words.show}
            </Button>
          </form>
        ) : null}
      </div>
    </>
  );
}
