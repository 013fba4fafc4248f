import './app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import * as pages from './pages.ts';
import { router } from './router.tsx';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

/** Not every browser says when it is idle. */
const whenIdle = 'requestIdleCallback' in globalThis ? requestIdleCallback : (run: () => void) => setTimeout(run, 200);

/** Fetches the code of the other pages while there is nothing else to do, so that they open at once, also while Sonde is away. */
async function fetchPages(): Promise<void> {
  for (const page of Object.values(pages)) {
    await new Promise<void>((done) => whenIdle(() => done()));
    await page.preload();
  }
}

const painted = new PerformanceObserver((list) => {
  // The first paint of all may be that of an empty page.
  if (list.getEntriesByName('first-contentful-paint').length === 0) return;
  painted.disconnect();
  void fetchPages();
});
painted.observe({ type: 'paint', buffered: true });
