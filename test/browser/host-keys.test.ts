/** A host's key that changed, as a person meets it, and the settings of host keys. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { type HostKey, hostKey, keysOf, refusal, restart } from '../support/host-keys.ts';
import { addUser, type Server, startSshd, type User } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let user: User;
const servers: Server[] = [];

/** A host that was met with one key and now shows another. */
async function changedHost(name: string): Promise<{ id: number; old: HostKey; next: HostKey }> {
  const [old, next] = [hostKey(), hostKey()];
  const server = await startSshd({ hostKeys: [old.file] });
  const id = await sonde.admin.add({ ...byPassword(server, user), name });
  await sonde.admin.watch(id);
  await sonde.admin.post(`/metrics/stop/${id}`);
  servers.push(await restart(server, [next]));
  await refusal(sonde.admin, id);
  return { id, old, next };
}

async function accept(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Accept key' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService();
  user = addUser();
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  for (const server of servers) await server.stop();
});

test('a changed key is shown beside the old one on the host’s page, and accepted there', async () => {
  const { id, old, next } = await changedHost('rebuilt');
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${id}`);
  await page.locator('dd').nth(0).filter({ hasText: old.fingerprint }).waitFor();
  await page.locator('dd').nth(1).filter({ hasText: next.fingerprint }).waitFor();
  await page.getByText('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Accept key' }).click();
  await page.getByRole('dialog').getByText(next.fingerprint).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await accept(page);
  await page.getByRole('region', { name: 'CPU' }).waitFor();
  await page.getByRole('button', { name: 'Accept key' }).waitFor({ state: 'hidden' });
  expect((await keysOf(sonde.admin, id)).pinned).toMatchObject([{ fingerprint: next.fingerprint, source: 'accepted' }]);
  expect(complaints).toEqual([]);
});

test('the settings show what waits first, its history, and let it be accepted', async () => {
  const { id, next } = await changedHost('waiting');
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/settings/host-keys');
  const waiting = page.getByRole('listitem').filter({ hasText: next.fingerprint });
  await waiting.getByRole('button', { name: 'History: waiting' }).click();
  await page.getByRole('dialog').getByText('refused: changed').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await waiting.getByRole('button', { name: 'Accept key' }).click();
  await accept(page);
  await waiting.getByText(/pinned .*, accepted/).waitFor();
  expect((await keysOf(sonde.admin, id)).pending).toBeNull();
});

test('a known_hosts file is looked through, then imported; the policy is chosen', async () => {
  const key = hostKey();
  const server = await startSshd({ hostKeys: [key.file] });
  servers.push(server);
  const id = await sonde.admin.add({ ...byPassword(server, user), name: 'listed' });
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/settings/host-keys');
  await page.getByRole('radio', { name: /^Wait until/ }).check();
  await page.getByText('Saved.').waitFor();
  const text = `[${server.host}]:${server.port} ${key.publicKey}\nnonsense`;
  await page.getByLabel('Content of known_hosts').fill(text);
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('listed will be pinned').waitFor();
  await page.getByText(/Line 2: The line is incomplete/).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect((await keysOf(sonde.admin, id)).pinned).toEqual([]);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('Imported: 1 key pinned, 1 line kept.').waitFor();
  expect(await keysOf(sonde.admin, id)).toMatchObject({ pinned: [{ source: 'known-hosts' }], policy: 'known-only' });
  await sonde.admin.watch(id);
});
