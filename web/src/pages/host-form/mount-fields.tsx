import { Button } from '../../components/button.tsx';
import { TextArea, TextField } from '../../components/form/field.tsx';
import { formTexts } from '../../texts/form.ts';
import type { Draft, MountDraft } from './draft.ts';

const words = formTexts;

type Props = { readonly draft: Draft; readonly onChange: (part: Partial<Draft>) => void };

/** Which file systems come first, under which name, and which are hidden. */
export function MountFields({ draft, onChange }: Props) {
  const { monitoredMounts: mounts } = draft;
  const set = (index: number, part: Partial<MountDraft>): void =>
    onChange({ monitoredMounts: mounts.map((mount, at) => (at === index ? { ...mount, ...part } : mount)) });
  const add = (): void => {
    const id = Math.max(0, ...mounts.map((mount) => mount.id)) + 1;
    onChange({ monitoredMounts: [...mounts, { id, path: '', label: '' }] });
  };
  return (
    <>
      <fieldset className="flex flex-col items-start gap-3">
        <legend className="pb-1 text-sm font-medium">{words.firstMounts}</legend>
        {mounts.map(({ id, path, label }, index) => (
          <div key={id} className="grid w-full items-end gap-3 sm:grid-cols-[1fr_1fr_auto]">
            <TextField
              label={words.mountPath}
              value={path}
              placeholder="/srv/data"
              spellCheck={false}
              autoCapitalize="none"
              onChange={({ target }) => set(index, { path: target.value })}
            />
            <TextField
              label={words.mountLabel}
              value={label}
              onChange={({ target }) => set(index, { label: target.value })}
            />
            <Button
              look="quiet"
              aria-label={words.mountRemove(path)}
              onClick={() => onChange({ monitoredMounts: mounts.filter((mount) => mount.id !== id) })}
            >
              {words.mountTake}
            </Button>
          </div>
        ))}
        <Button onClick={add}>{words.mountAdd}</Button>
      </fieldset>
      <TextArea
        label={words.hiddenMounts}
        hint={words.hiddenMountsHint}
        rows={2}
        value={draft.excludedMounts}
        spellCheck={false}
        autoCapitalize="none"
        onChange={({ target }) => onChange({ excludedMounts: target.value })}
      />
    </>
  );
}
