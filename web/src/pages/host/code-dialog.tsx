import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/form/field.tsx';
import { fieldsOf } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { hostTexts } from '../../texts/host.ts';
import type { CodeRequest, Start } from './use-start.ts';

/** The code that a host asks for, in its own words; a wrong one is said with how many tries are left. */
export function CodeDialog({
  start,
  code,
  name,
}: {
  readonly start: Start;
  readonly code: CodeRequest;
  readonly name: string;
}) {
  return (
    <Dialog title={hostTexts.codeTitle} onClose={start.giveUp}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const { code: typed = '' } = fieldsOf(event.currentTarget);
          event.currentTarget.reset();
          void start.answer(typed);
        }}
      >
        <p className="text-sm text-muted">
          {name}: {hostTexts.codeHint}
        </p>
        <TextField
          label={code.prompt.trim().replace(/:$/, '') || hostTexts.code}
          name="code"
          autoComplete="one-time-code"
          inputMode={/code|token|otp/i.test(code.prompt) ? 'numeric' : 'text'}
          required
          autoFocus
        />
        {code.error ? (
          <Notice kind="bad">
            {code.error}. {code.attemptsRemaining === null ? '' : hostTexts.triesLeft(code.attemptsRemaining)}
          </Notice>
        ) : null}
        <Button type="submit" look="primary" busy={start.isBusy}>
          {hostTexts.codeSubmit}
        </Button>
      </form>
    </Dialog>
  );
}
