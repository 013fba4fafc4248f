import { useRef, useState } from 'react';
import { texts } from '../texts/common.ts';
import { Button } from './button.tsx';

/** A text to be taken along. Where the browser does not let it be copied, it is selected instead. */
export function Copy({ label, text }: { readonly label: string; readonly text: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const ref = useRef<HTMLElement>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
    } catch {
      if (ref.current) getSelection()?.selectAllChildren(ref.current);
    }
  };
  return (
    <div className="flex flex-wrap items-start gap-2">
      <figure className="m-0 min-w-0 flex-1 basis-60" aria-label={label}>
        <code ref={ref} className="block whitespace-pre-wrap break-all rounded-lg bg-sunken px-3 py-2 text-sm">
          {text}
        </code>
      </figure>
      <Button onClick={() => void copy()}>{isCopied ? texts.copied : texts.copy}</Button>
    </div>
  );
}
