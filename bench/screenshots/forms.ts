/** The forms of alerts, filled in as far as they show all of their fields. */
import type { Page } from 'playwright-core';
import { type Look, shoot } from './looks.ts';

export async function forms(page: Page, hostId: number, look: Look): Promise<void> {
  const dialog = page.getByRole('dialog');
  const shot = (name: string): Promise<void> => shoot(page, `form-${name}`, look, false);
  for (const kind of ['metric', 'event', 'forecast', 'status']) {
    await page.goto('/alerts/rules?add=true');
    await dialog.getByLabel('Condition').selectOption(kind);
    await dialog.getByLabel('Hosts', { exact: true }).selectOption('ids');
    await shot(`rule-${kind}`);
    await dialog.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded();
    await shot(`rule-${kind}-end`);
  }
  await page.goto('/alerts/channels?add=true');
  await dialog.getByLabel('Kind').selectOption('slack');
  await dialog.getByLabel('Hosts', { exact: true }).selectOption('ids');
  await dialog.getByText('Your own words (optional)').click();
  await dialog.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded();
  await shot('channel-words');
  await page.goto('/alerts/quiet');
  await page.getByRole('button', { name: 'Add a silence' }).click();
  await dialog.getByLabel('Hosts', { exact: true }).selectOption('ids');
  await shot('silence');
  await page.goto('/alerts/quiet');
  await page.getByRole('button', { name: 'Add a maintenance time' }).click();
  await dialog.getByLabel('When', { exact: true }).selectOption('weekly');
  await shot('maintenance');
  await page.goto(`/hosts/${hostId}/edit`);
  await page.getByText('More settings').click();
  await page.getByRole('group', { name: 'Depends on' }).scrollIntoViewIfNeeded();
  await shot('host-depends');
  await page.goto('/settings/collection');
  await page.getByRole('button', { name: 'Set canaries' }).scrollIntoViewIfNeeded();
  await shot('canaries');
  await page.goto('/');
  // Hosts that fail alike are folded.
  await page.locator('[data-item^="failure"]').click();
  await page.getByRole('link', { name: 'web-1' }).first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await shot('fleet-selected');
  await page.getByRole('button', { name: 'Depends on' }).click();
  await dialog.getByRole('group').first().waitFor();
  await shot('bulk-depends');
}
