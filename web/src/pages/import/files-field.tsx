import { type DragEvent, useState } from 'react';
import { importTexts } from '../../texts/import.ts';
import type { Draft } from './draft.ts';

const words = importTexts;
const maxFiles = 200;
const maxBytes = 12_000_000;

/** Files that are chosen or dropped. Private keys among them never leave the browser. */
export function FilesField({
  files,
  onChange,
}: {
  readonly files: Draft['files'];
  readonly onChange: (files: Draft['files']) => void;
}) {
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [isOver, setIsOver] = useState(false);
  async function take(given: FileList | null): Promise<void> {
    const all = [...(given ?? [])].slice(0, maxFiles);
    const large = all.filter(({ size }) => size > maxBytes);
    const read = await Promise.all(
      all.filter((file) => !large.includes(file)).map(async (file) => ({ name: file.name, text: await file.text() })),
    );
    const keys = read.filter(({ text }) => /^(-----BEGIN |PuTTY-User-Key-File)/m.test(text.slice(0, 1_000)));
    const names = (list: readonly { readonly name: string }[]): string => list.map(({ name }) => name).join(', ');
    setNotes([
      ...(keys.length > 0 ? [words.isKey(names(keys))] : []),
      ...(large.length > 0 ? [words.tooLarge(names(large))] : []),
    ]);
    onChange(read.filter((file) => !keys.includes(file)));
  }
  const drag = (event: DragEvent, over: boolean): void => {
    event.preventDefault();
    setIsOver(over);
  };
  return (
    <div className="flex flex-col gap-1">
      <label
        className={`flex flex-col gap-2 rounded-xl border border-dashed p-4 text-sm ${isOver ? 'border-accent bg-accent-soft' : 'border-line-strong'}`}
        onDragOver={(event) => drag(event, true)}
        onDragLeave={(event) => drag(event, false)}
        onDrop={(event) => {
          drag(event, false);
          void take(event.dataTransfer.files);
        }}
      >
        <span className="font-medium">{words.files}</span>
        <input
          type="file"
          multiple
          className="max-w-full file:mr-3 file:rounded-lg file:border file:border-line file:bg-surface file:px-3 file:py-1.5 file:font-medium"
          onChange={({ target }) => void take(target.files)}
        />
      </label>
      <p className="text-xs text-muted">{words.filesHint}</p>
      <div role="status" className="text-sm">
        {files.length > 0 ? <p className="break-words">{words.chosenFiles(files.map(({ name }) => name))}</p> : null}
        {notes.map((note) => (
          <p key={note} className="break-words text-warn">
            {note}
          </p>
        ))}
      </div>
    </div>
  );
}
