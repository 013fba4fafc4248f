/**
 * `npm run screenshots`: every page in light and dark, narrow and wide, and in forced colours; empty, with 1,000 hosts, with hosts
 * that fail, with a host in trouble of every kind, and with alerts; into the folder `screenshots`, which is not committed. `npm run
 * screenshots -- empty trouble` makes only those parts, and `npm run screenshots -- readme` the pictures of the README.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { openBrowser } from '../test/support/browser.ts';
import { requireRig } from '../test/support/rig.ts';
import { alerts } from './screenshots/alerts.ts';
import { folder } from './screenshots/looks.ts';
import { readme } from './screenshots/readme.ts';
import { trouble } from './screenshots/trouble.ts';
import { empty, failing, full } from './screenshots/usual.ts';

requireRig('chromium');
const parts = { empty, full, failing, trouble, alerts };
const wanted = process.argv.slice(2);
if (wanted.length === 0) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
for (const [name, part] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await part(browser);
if (wanted.includes('readme')) await readme(browser);
await browser.close();
process.stdout.write(`The screenshots are in ${folder}\n`);
process.exit(0);
