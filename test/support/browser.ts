/** A real browser with the real page: Debian's Chromium, driven by Playwright. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { requireRig } from './rig.ts';
import { password } from './service.ts';

export type Tab = {
  readonly page: Page;
  /** The browser's complaints: script errors, violations of the content security policy. */
  readonly complaints: readonly string[];
};

/** The first is the same browser without a window: a tab takes half of the processor time. */
const executable = [
  fileURLToPath(new URL('../../.cache/chromium/usr/lib/chromium/chromium-headless-shell', import.meta.url)),
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync);
const patienceMs = 60_000;

/** Starts the browser. Fails with one line that says what to install. */
export async function openBrowser(): Promise<Browser> {
  requireRig();
  if (executable === undefined) throw new Error('There is no browser: install chromium (apt-get install chromium)');
  if (!existsSync(new URL('../../web/dist/index.html', import.meta.url)))
    throw new Error('The page is not built: run npm run build');
  return chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A tab with its own session, not logged in. */
export async function openTab(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ baseURL: url, timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The page itself reports a refused request, so the refusal is not a complaint.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  return { page, complaints };
}

/** A logged-in tab, on the fleet's page. */
export async function openTabAs(
  browser: Browser,
  url: string,
  username: string,
  options?: BrowserContextOptions,
): Promise<Tab> {
  const tab = await openTab(browser, url, options);
  const answer = await tab.page.request.post('/users/login', { data: { username, password } });
  if (!answer.ok()) throw new Error(`${username} cannot log in: ${answer.status()} ${await answer.text()}`);
  await tab.page.goto('/');
  await tab.page.getByRole('button', { name: 'Account' }).waitFor();
  return tab;
}

let axe: string | undefined;

function axeSource(): string {
  axe ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return axe;
}

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

/** axe's findings about the page as it is, one per line. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // It stays until another page is loaded.
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(axeSource());
  const found = (await page.evaluate('axe.run()')) as { readonly violations: readonly Violation[] };
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
