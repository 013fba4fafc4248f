import { useQuery } from '@tanstack/react-query';
import { credentialsQuery } from '../../../api/queries.ts';
import { Checkbox, Select, TextField } from '../../../components/form/field.tsx';
import { Notice } from '../../../components/notice.tsx';
import { live } from '../../../live/use-live.ts';
import { bulkTexts } from '../../../texts/bulk.ts';
import type { BulkAction, BulkRequest } from './run-bulk.ts';

/** The actions whose form is some fields. */
export type FieldAction = Exclude<BulkAction, 'accept-keys'>;

/** What a person says of an action before it is done. */
export function BulkFields({ action }: { readonly action: FieldAction }) {
  switch (action) {
    case 'tags':
      return (
        <>
          <TextField
            label={bulkTexts.addTags}
            name="addTags"
            hint={bulkTexts.commas}
            list="bulk-tags"
            autoComplete="off"
          />
          <TextField label={bulkTexts.removeTags} name="removeTags" list="bulk-tags" autoComplete="off" />
          <Known id="bulk-tags" names={[...fleet()].flatMap(({ host }) => host.tags)} />
        </>
      );
    case 'folder':
      return (
        <>
          <TextField
            label={bulkTexts.folder}
            name="folder"
            hint={bulkTexts.folderHint}
            list="bulk-folders"
            autoComplete="off"
            maxLength={100}
          />
          <Known id="bulk-folders" names={[...fleet()].map(({ host }) => host.folder)} />
        </>
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
    default:
      return { action };
  }
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

function fleet() {
  return live.getState().fleet.values();
}

/** Names that are in use, to choose from while typing. */
function Known({ id, names }: { readonly id: string; readonly names: readonly string[] }) {
  return (
    <datalist id={id}>
      {[...new Set(names)]
        .filter((name) => name !== '')
        .sort()
        .slice(0, 200)
        .map((name) => (
          <option key={name} value={name} />
        ))}
    </datalist>
  );
}
