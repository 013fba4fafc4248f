import { type ComponentType, useEffect, useState } from 'react';
import { closePalette, usePaletteIsOpen } from './opening.ts';

type Shown = ComponentType<{ readonly onClose: () => void }>;

/** Code that is fetched once, by itself when the page has nothing else to do. */
function fetched(load: () => Promise<Shown>): () => Promise<Shown> {
  let loading: Promise<Shown> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

const palette = fetched(async () => (await import('./palette.tsx')).Palette);
const help = fetched(async () => (await import('./keys-help.tsx')).KeysHelp);
const idleMs = 2_000;

/** The palette and the help on keys (`?`) of every page. Their code is there before anybody asks for them. */
export function PaletteHost() {
  const paletteIsOpen = usePaletteIsOpen();
  const [helpIsOpen, setHelpIsOpen] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const load of [palette, help]) load().catch(() => {});
    }, idleMs);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      const isCheckbox = target instanceof HTMLInputElement && target.type === 'checkbox';
      if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if ((isTyping && !isCheckbox) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setHelpIsOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      {paletteIsOpen ? <Fetched load={palette} onClose={closePalette} /> : null}
      {helpIsOpen ? <Fetched load={help} onClose={() => setHelpIsOpen(false)} /> : null}
    </>
  );
}

/** Closes again where the code cannot be fetched: the page says by itself that Sonde is away. */
function Fetched({ load, onClose }: { readonly load: () => Promise<Shown>; readonly onClose: () => void }) {
  const [Loaded, setLoaded] = useState<Shown | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is fetched once
  useEffect(() => {
    load().then((shown) => setLoaded(() => shown), onClose);
  }, [load]);
  return Loaded ? <Loaded onClose={onClose} /> : null;
}
