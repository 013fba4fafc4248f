import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { maxDependsOn } from '../../../../../src/model/host.ts';
import { credentialsQuery } from '../../../api/queries.ts';
import { Checkbox, Select, TextField } from '../../../components/form/field.tsx';
import { HostTicks } from '../../../components/form/host-ticks.tsx';
import { Notice } from '../../../components/notice.tsx';
import type { FleetHost } from '../../../live/fleet.ts';
import { live } from '../../../live/use-live.ts';
import { bulkTexts } from '../../../texts/bulk.ts';
import { formTexts } from '../../../texts/form.ts';
import type { BulkAction, BulkRequest } from './run-bulk.ts';

/** The actions whose form is some fields. */
export type FieldAction = Exclude<BulkAction, 'accept-keys'>;

/** What a person says of an action before it is done. */
export function BulkFields({ action }: { readonly action: FieldAction }) {
  switch (action) {
    case 'tags':
      return (
        <>
          <KnownField label={bulkTexts.addTags} name="addTags" hint={bulkTexts.commas} names={tagsOf} />
          <KnownField label={bulkTexts.removeTags} name="removeTags" names={tagsOf} />
        </>
      );
    case 'folder':
      return (
        <KnownField
          label={bulkTexts.folder}
          name="folder"
          hint={bulkTexts.folderHint}
          maxLength={100}
          names={({ host }) => [host.folder]}
        />
      );
    case 'interval':
      return (
        <TextField
          label={bulkTexts.interval}
          name="interval"
          hint={bulkTexts.intervalHint}
          type="number"
          min={10}
          max={3600}
          step={1}
        />
      );
    case 'credential':
      return <CredentialField />;
    case 'sudo':
      return <Checkbox label={bulkTexts.sudo} hint={bulkTexts.sudoHint} name="sudo" defaultChecked />;
    case 'depends-on':
      return <DependsOnField />;
    case 'connect':
      return <p className="text-sm">{bulkTexts.connect}</p>;
    case 'remove':
      return <p className="text-sm">{bulkTexts.remove}</p>;
  }
}

/** The request that the fields of a form make; null: something is missing. */
export function requestOf(action: FieldAction, fields: Readonly<Record<string, string>>): BulkRequest | null {
  const words = (name: string): readonly string[] =>
    (fields[name] ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  switch (action) {
    case 'tags': {
      const [addTags, removeTags] = [words('addTags'), words('removeTags')];
      return addTags.length + removeTags.length === 0 ? null : { action, addTags, removeTags };
    }
    case 'folder':
      return { action, folder: fields.folder ?? '' };
    case 'interval':
      return { action, metricsInterval: fields.interval ? Number(fields.interval) : null };
    case 'credential':
      return fields.credentialId ? { action, credentialId: Number(fields.credentialId) } : null;
    case 'sudo':
      return { action, sudo: fields.sudo === 'on' };
    case 'depends-on':
      return { action, dependsOn: words('dependsOn').map(Number) };
    default:
      return { action };
  }
}

function DependsOnField() {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  return (
    <HostTicks
      legend={formTexts.dependsOn}
      search={formTexts.dependsOnSearch}
      hint={bulkTexts.dependsOnHint}
      name="dependsOn"
      chosen={chosen}
      onChange={setChosen}
      most={maxDependsOn}
    />
  );
}

function CredentialField() {
  const { data: credentials = [] } = useQuery(credentialsQuery);
  if (credentials.length === 0) return <Notice kind="info">{bulkTexts.noCredentials}</Notice>;
  return (
    <Select label={bulkTexts.credential} name="credentialId" hint={bulkTexts.credentialHint}>
      {credentials.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}

const tagsOf = ({ host }: FleetHost): readonly string[] => host.tags;
const maxNames = 200;

/** A line of text that offers the names that the fleet has already. */
function KnownField({
  names,
  ...field
}: {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly maxLength?: number;
  readonly names: (entry: FleetHost) => readonly string[];
}) {
  const id = useId();
  const known = new Set([...live.getState().fleet.values()].flatMap(names));
  known.delete('');
  return (
    <>
      <TextField {...field} list={id} autoComplete="off" />
      <datalist id={id}>
        {[...known]
          .sort()
          .slice(0, maxNames)
          .map((name) => (
            <option key={name} value={name} />
          ))}
      </datalist>
    </>
  );
}
