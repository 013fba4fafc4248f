import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

/** Puts the focus on the content of a page that was gone to, where what had the focus is gone: so the keyboard goes on there. */
export function useFocusOnContent(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged || document.activeElement !== document.body) return;
        document.getElementById('content')?.focus({ preventScroll: true });
      }),
    [router],
  );
}
