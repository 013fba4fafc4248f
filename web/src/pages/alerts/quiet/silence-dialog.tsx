import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { severities } from '../../../../../src/model/alerts/severity.ts';
import { rulesQuery } from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { Select, TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { serverNow } from '../../../live/clock.ts';
import { alertTexts } from '../../../texts/alerts/incidents.ts';
import { quietTexts as words } from '../../../texts/alerts/quiet.ts';
import { ofField, toField } from '../../host/time/moves.ts';
import { refreshIncidents } from '../incidents/act.ts';
import { selectorOf } from '../rules/draft.ts';
import { type HostsChoice, HostsField } from '../rules/hosts-field.tsx';

/** Keeps something quiet until a time; `host`: begun with this one. */
export function SilenceDialog({ host, onClose }: { readonly host: number | null; readonly onClose: () => void }) {
  const { data: rules = [] } = useQuery(rulesQuery);
  const [hosts, setHosts] = useState<HostsChoice>(
    host === null ? { hostsKind: 'all', chosen: [] } : { hostsKind: 'ids', chosen: [String(host)] },
  );
  const action = useAction(async (form: HTMLFormElement) => {
    const { ruleKey = '', severity = '', from = '', until = '', reason = '' } = fieldsOf(form);
    const [begins, ends] = [ofField(from), ofField(until)];
    if (begins === null || ends === null || ends <= begins || ends * 1000 <= serverNow())
      throw new Error(words.spanError);
    await request('POST', '/silences', {
      matcher: {
        hosts: selectorOf(hosts, null),
        ...(ruleKey === '' ? {} : { ruleKey }),
        ...(severity === '' ? {} : { severity }),
      },
      from: new Date(begins * 1000).toISOString(),
      until: new Date(ends * 1000).toISOString(),
      reason,
    });
    await refreshIncidents();
    onClose();
  });
  const now = serverNow() / 1000;
  return (
    <Dialog title={words.addSilence} onClose={onClose} wide>
      <Form action={action} submit={words.addSilence} onCancel={onClose}>
        <HostsField value={hosts} withCustom={false} onChange={setHosts} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Select label={words.rule} name="ruleKey">
            <option value="">{words.anyRule}</option>
            {rules.map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </Select>
          <Select label={words.severity} name="severity">
            <option value="">{words.anySeverity}</option>
            {severities.map((one) => (
              <option key={one} value={one}>
                {alertTexts.severities[one]}
              </option>
            ))}
          </Select>
          <TextField label={words.from} name="from" type="datetime-local" required defaultValue={toField(now)} />
          <TextField
            label={words.until}
            name="until"
            type="datetime-local"
            required
            defaultValue={toField(now + 8 * 3_600)}
          />
        </div>
        <TextField label={words.reason} name="reason" maxLength={500} autoComplete="off" />
      </Form>
    </Dialog>
  );
}
