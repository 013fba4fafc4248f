/** How the pages are looked at, and taking the pictures. */
import { join, resolve } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';

export const folder = resolve(import.meta.dirname, '../../screenshots');

export type Look = BrowserContextOptions & { readonly name: string };

const sizes = { phone: 360, tablet: 768, desk: 1440, wall: 2560 } as const;
type Size = keyof typeof sizes;

function look(size: Size, colorScheme: 'light' | 'dark', more: BrowserContextOptions = {}, suffix = ''): Look {
  const width = sizes[size];
  const viewport = { width, height: size === 'wall' ? 1440 : 900 };
  return { name: `${width}-${colorScheme}${suffix}`, viewport, colorScheme, ...more };
}

/** Of pages that are no different where there is more room. */
export const someLooks: readonly Look[] = (['phone', 'desk'] as const).flatMap((size) => [
  look(size, 'light'),
  look(size, 'dark'),
]);

/** Of the pages that people look at most. */
export const allLooks: readonly Look[] = [
  ...(Object.keys(sizes) as Size[]).flatMap((size) => [look(size, 'light'), look(size, 'dark')]),
  look('desk', 'dark', { forcedColors: 'active' }, '-forced'),
  look('phone', 'light', { forcedColors: 'active' }, '-forced'),
];

/** A picture of the page as soon as nothing loads any more; of all of it, or with `whole` false of what is on the screen. */
export async function shoot(page: Page, name: string, { name: suffix }: Look, whole = true): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 500 }).catch(() => {});
  await page
    .locator('.animate-pulse')
    .first()
    .waitFor({ state: 'detached', timeout: 5_000 })
    .catch(() => {});
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, `${name}-${suffix}.png`), fullPage: whole });
}
