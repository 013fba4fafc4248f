import { useState } from 'react';
import type { IncidentDetail } from '../../../api/alerts.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { TextArea, TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { serverNow } from '../../../live/clock.ts';
import { incidentTexts as words } from '../../../texts/alerts/incidents.ts';
import { texts } from '../../../texts/common.ts';
import { ofField, toField } from '../../host/time/moves.ts';
import { actOn, type IncidentAct, inHours } from '../incidents/act.ts';

/** Does it to one incident. Throws what the server refused. */
async function act(id: number, what: IncidentAct): Promise<void> {
  const { error } = await actOn([id], what);
  if (error !== null) throw new Error(error);
}

/** What can be done about an incident. */
export function IncidentActions({
  incident: { id, state, note, acknowledgedBy },
}: {
  readonly incident: IncidentDetail;
}) {
  const [dialog, setDialog] = useState<'until' | 'note' | null>(null);
  const { run, isBusy, error } = useAction((what: IncidentAct) => act(id, what));
  const close = (): void => setDialog(null);
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {state === 'open' ? (
          <>
            {acknowledgedBy === null ? (
              <Button
                look="primary"
                busy={isBusy}
                title={words.acknowledgeHint}
                onClick={() => void run({ what: 'acknowledge' })}
              >
                {words.acknowledge}
              </Button>
            ) : null}
            {[1, 8].map((hours) => (
              <Button
                key={hours}
                busy={isBusy}
                onClick={() => void run({ what: 'silence', until: inHours(hours, serverNow()), reason: '' })}
              >
                {words.silenceHours(hours)}
              </Button>
            ))}
            <Button onClick={() => setDialog('until')}>{words.silenceUntil}</Button>
          </>
        ) : null}
        <Button onClick={() => setDialog('note')}>{note === '' ? words.noteAdd : words.noteEdit}</Button>
        {state === 'open' ? (
          <Confirm
            label={words.close}
            title={words.closeTitle}
            text={words.closeText}
            onConfirm={() => act(id, { what: 'close' })}
          />
        ) : null}
      </div>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {dialog === 'until' ? <UntilDialog id={id} onClose={close} /> : null}
      {dialog === 'note' ? <NoteDialog id={id} note={note} onClose={close} /> : null}
    </>
  );
}

function UntilDialog({ id, onClose }: { readonly id: number; readonly onClose: () => void }) {
  const [field, setField] = useState<string | null>(null);
  const action = useAction(async (form: HTMLFormElement) => {
    const { until = '', reason = '' } = fieldsOf(form);
    const seconds = ofField(until);
    if (seconds === null || seconds * 1000 <= serverNow()) return setField(words.untilError);
    await act(id, { what: 'silence', until: new Date(seconds * 1000).toISOString(), reason });
    onClose();
  });
  return (
    <Dialog title={words.silence} onClose={onClose}>
      <Form action={action} submit={words.silence} onCancel={onClose} onChange={() => setField(null)}>
        <TextField
          label={words.until}
          name="until"
          type="datetime-local"
          required
          error={field}
          defaultValue={toField(serverNow() / 1000 + 86_400)}
        />
        <TextField label={words.reason} name="reason" maxLength={500} autoComplete="off" />
      </Form>
    </Dialog>
  );
}

function NoteDialog({
  id,
  note,
  onClose,
}: {
  readonly id: number;
  readonly note: string;
  readonly onClose: () => void;
}) {
  const action = useAction(async (form: HTMLFormElement) => {
    await act(id, { what: 'note', text: fieldsOf(form).text ?? '' });
    onClose();
  });
  return (
    <Dialog title={words.note} onClose={onClose}>
      <Form action={action} submit={texts.save} onCancel={onClose}>
        <TextArea label={words.note} hint={words.noteHint} name="text" rows={4} maxLength={2_000} defaultValue={note} />
      </Form>
    </Dialog>
  );
}
