/**
 * `npm run bench` measures everything; `npm run bench -- held quick` measures one part for a few seconds. It produces
 * figures, not tests.
 */
import { cpus, release } from 'node:os';
import { requireRig } from '../test/support/rig.ts';
import { alertPacks } from './alert-packs.ts';
import { alerts } from './alerts.ts';
import { day } from './day.ts';
import { discovery } from './discovery.ts';
import { fair } from './fair.ts';
import { families } from './families.ts';
import { first } from './first.ts';
import { fleet } from './fleet.ts';
import { held } from './held.ts';
import { history } from './history.ts';
import { incidents } from './incidents.ts';
import { jump } from './jump.ts';
import { keys } from './keys.ts';
import { kills } from './kills.ts';
import { page } from './page.ts';
import { pi } from './pi.ts';
import { push } from './push.ts';
import { quiet } from './quiet.ts';
import { printTable, type Row } from './report.ts';
import { requests } from './requests.ts';
import { probe, scrape } from './scrape.ts';
import { telling } from './telling.ts';

const parts = {
  held,
  first,
  quiet,
  requests,
  fleet,
  fair,
  jump,
  keys,
  page,
  day,
  history,
  alerts,
  'alert-packs': alertPacks,
  incidents,
  telling,
  discovery,
  families,
  scrape,
  probe,
  push,
  pi,
  kills,
};
const wanted = process.argv.slice(2).filter((word) => word !== 'quick');
const isQuick = process.argv.includes('quick');
const unknown = wanted.find((name) => !(name in parts));
if (unknown !== undefined) {
  process.stderr.write(`bench: unknown part ${unknown}; choose from ${Object.keys(parts).join(', ')} and quick\n`);
  process.exit(2);
}
requireRig('sshd', 'taskset');

const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  rows.push(...(await measure(isQuick)));
}
process.stdout.write(`\n${cpus().length} cores, Node ${process.versions.node}, Linux ${release()}\n\n`);
printTable(rows);
process.exit(0);
