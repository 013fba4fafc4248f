import { createHash } from 'node:crypto';

/** In the colours of the page, see web/src/app.css. */
const style = `
:root { color-scheme: light; --bg: #f6f7f8; --surface: #fff; --line: #dfe3e7; --text: #14191f; --muted: #525d69; --accent: #0b6e66; --sunken: #eef0f2 }
@media (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --bg: #0f1316; --surface: #171c20; --line: #2a3238; --text: #e8ecef; --muted: #a6b1ba; --accent: #52cfc2; --sunken: #1f262b }
}
body { margin: 0; min-height: 100dvh; display: grid; place-content: center; padding: 1.25rem; background: var(--bg); color: var(--text); font: 15px/1.45 ui-sans-serif, system-ui, sans-serif }
main { max-width: 24rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--surface) }
p.name { margin: 0 0 .75rem; font-weight: 600; color: var(--accent) }
h1 { margin: 0 0 .75rem; font-size: 1.25rem }
p { margin: 0 0 .75rem; color: var(--muted) }
code { padding: .1rem .35rem; border-radius: .35rem; background: var(--sunken); color: var(--text) }
a { color: var(--accent) }
`;

/** What every address of the page answers while the page is not built. */
export const notBuiltHtml = (basePath: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Page not built · Sonde</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="name">Sonde</p>
<h1>The page is not built yet</h1>
<p>Run <code>npm run build</code> on the machine Sonde runs on, restart Sonde, then <a href="">reload</a>.</p>
<p>The API works without the page. Its description is at <a href="${basePath}/openapi.json">/openapi.json</a>.</p>
</main>
</body>
</html>
`;

/** The one style that it may have, for its content security policy. */
export const notBuiltStyle = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
