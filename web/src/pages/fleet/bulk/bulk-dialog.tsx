import { useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form/form.tsx';
import { fieldsOf } from '../../../components/form/use-action.ts';
import { live } from '../../../live/use-live.ts';
import { bulkTexts } from '../../../texts/bulk.ts';
import { AcceptKeys } from './accept-keys.tsx';
import { BulkAccount } from './bulk-account.tsx';
import { BulkFields, requestOf } from './bulk-fields.tsx';
import type { BulkAction } from './run-bulk.ts';
import { useBulk } from './use-bulk.ts';

/** Asks what is to be done to the hosts, does it, and says what became of each. */
export function BulkDialog({
  action,
  ids: selected,
  onClose,
}: {
  readonly action: BulkAction;
  readonly ids: readonly number[];
  readonly onClose: () => void;
}) {
  // Hosts that it was done to are no longer selected; the dialog is still about all of them.
  const [ids] = useState(selected);
  const { run, start, stop, again } = useBulk();
  return (
    <Dialog title={bulkTexts.titles[action](ids.length)} onClose={onClose} wide={action === 'accept-keys'}>
      {run ? (
        <BulkAccount run={run} onStop={stop} onAgain={again} onClose={onClose} />
      ) : action === 'accept-keys' ? (
        <AcceptKeys ids={ids} onAccept={start} onCancel={onClose} />
      ) : (
        <Form
          submit={bulkTexts.submits[action]}
          look={action === 'remove' ? 'danger' : 'primary'}
          onCancel={onClose}
          action={{
            isBusy: false,
            error: null,
            run: (form) => {
              const bulk = requestOf(action, fieldsOf(form));
              if (bulk) start(ids, bulk);
            },
          }}
        >
          {action === 'remove' ? <Names ids={ids} /> : null}
          <BulkFields action={action} />
        </Form>
      )}
    </Dialog>
  );
}

const maxNames = 12;

/** Which hosts are about to go. */
function Names({ ids }: { readonly ids: readonly number[] }) {
  const { fleet } = live.getState();
  const names = ids.slice(0, maxNames).flatMap((id) => fleet.get(id)?.host.name ?? []);
  const more = ids.length - maxNames;
  return (
    <p className="text-sm font-medium wrap-anywhere">
      {names.join(', ')} {more > 0 ? bulkTexts.andMore(more) : ''}
    </p>
  );
}
