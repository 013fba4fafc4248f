import './app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { rightPlace } from './api/base.ts';
import { queryClient } from './api/queries.ts';
import { preloadAll } from './components/lazy-page.tsx';
import { router } from './router.tsx';

const root = document.getElementById('root');
const elsewhere = rightPlace(location);
if (elsewhere !== null) location.replace(elsewhere);
else if (root) {
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

const painted = new PerformanceObserver((list) => {
  // The first paint of all may be that of an empty page.
  if (list.getEntriesByName('first-contentful-paint').length === 0) return;
  painted.disconnect();
  // The code of all that is not shown yet, so that it opens at once, also while Sonde is away. What fails is fetched when wanted.
  preloadAll(() => new Promise((done) => whenIdle(() => done()))).catch(() => {});
});
painted.observe({ type: 'paint', buffered: true });
