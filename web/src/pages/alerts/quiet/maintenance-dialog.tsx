import { useState } from 'react';
import { type MaintenanceView, maintenanceQuery, type WhenView } from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { Checkbox, Select, TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { serverNow } from '../../../live/clock.ts';
import { quietTexts as words } from '../../../texts/alerts/quiet.ts';
import { texts } from '../../../texts/common.ts';
import { ofField, toField } from '../../host/time/moves.ts';
import { refreshIncidents } from '../incidents/act.ts';
import { hostsOf, selectorOf } from '../rules/draft.ts';
import { type HostsChoice, HostsField } from '../rules/hosts-field.tsx';

type Weekly = Extract<WhenView, { readonly kind: 'weekly' }>;

/** A time in which somebody works on hosts: once, or every week in a time zone. */
export function MaintenanceDialog({
  saved,
  onClose,
}: {
  readonly saved: MaintenanceView | null;
  readonly onClose: () => void;
}) {
  const [kind, setKind] = useState<WhenView['kind']>(saved?.time.kind ?? 'once');
  const [hosts, setHosts] = useState<HostsChoice>(() => hostsOf(saved?.hosts ?? { all: true }));
  const action = useAction(async (form: HTMLFormElement) => {
    const typed = fieldsOf(form);
    const body = {
      name: typed.name ?? '',
      hosts: selectorOf(hosts, saved),
      mutes: typed.mutes,
      time: kind === 'once' ? onceOf(typed) : weeklyOf(typed),
    };
    if (saved) await request('PUT', `/maintenance/${saved.id}`, body);
    else await request('POST', '/maintenance', body);
    await refresh(maintenanceQuery);
    await refreshIncidents();
    onClose();
  });
  return (
    <Dialog title={saved ? `${texts.edit}: ${saved.name}` : words.addMaintenance} onClose={onClose} wide>
      <Form action={action} submit={texts.save} onCancel={onClose}>
        <TextField
          label={words.name}
          name="name"
          required
          maxLength={200}
          defaultValue={saved?.name}
          autoComplete="off"
        />
        <HostsField value={hosts} withCustom={hosts.hostsKind === 'custom'} onChange={setHosts} />
        <Select
          label={words.kind}
          value={kind}
          onChange={(event) => setKind(event.target.value === 'weekly' ? 'weekly' : 'once')}
        >
          <option value="once">{words.kinds.once}</option>
          <option value="weekly">{words.kinds.weekly}</option>
        </Select>
        {kind === 'once' ? <OnceFields time={saved?.time} /> : <WeeklyFields time={saved?.time} />}
        <Select label={words.mutes} name="mutes" defaultValue={saved?.mutes ?? 'notifications'}>
          <option value="notifications">{words.mutesKinds.notifications}</option>
          <option value="all">{words.mutesKinds.all}</option>
        </Select>
      </Form>
    </Dialog>
  );
}

function OnceFields({ time }: { readonly time: WhenView | undefined }) {
  const once = time?.kind === 'once' ? time : null;
  const now = serverNow() / 1000;
  const shown = (at: string | undefined, otherwise: number): string =>
    toField(at === undefined ? otherwise : Date.parse(at) / 1000);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField label={words.from} name="from" type="datetime-local" required defaultValue={shown(once?.from, now)} />
      <TextField
        label={words.until}
        name="until"
        type="datetime-local"
        required
        defaultValue={shown(once?.until, now + 2 * 3_600)}
      />
    </div>
  );
}

function WeeklyFields({ time }: { readonly time: WhenView | undefined }) {
  const weekly: Omit<Weekly, 'kind'> =
    time?.kind === 'weekly'
      ? time
      : { days: [6], begins: '22:00', ends: '05:00', zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  return (
    <>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-2">
        <legend className="pb-1 text-sm font-medium">{words.days}</legend>
        {words.dayNames.map((name, day) => (
          <Checkbox key={name} label={name} name={`day ${day}`} defaultChecked={weekly.days.includes(day)} />
        ))}
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField label={words.begins} name="begins" type="time" required defaultValue={weekly.begins} />
        <TextField
          label={words.ends}
          hint={words.endsHint}
          name="ends"
          type="time"
          required
          defaultValue={weekly.ends}
        />
        <Select label={words.zone} name="zone" defaultValue={weekly.zone}>
          {[...new Set([weekly.zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </Select>
      </div>
    </>
  );
}

type Typed = Readonly<Record<string, string>>;

function onceOf({ from = '', until = '' }: Typed): WhenView {
  const [begins, ends] = [ofField(from), ofField(until)];
  if (begins === null || ends === null || ends <= begins) throw new Error(words.spanError);
  return { kind: 'once', from: new Date(begins * 1000).toISOString(), until: new Date(ends * 1000).toISOString() };
}

function weeklyOf(typed: Typed): WhenView {
  const { begins = '', ends = '', zone = '' } = typed;
  const days = words.dayNames.flatMap((_name, day) => (typed[`day ${day}`] === undefined ? [] : [day]));
  return { kind: 'weekly', days, begins, ends, zone };
}
