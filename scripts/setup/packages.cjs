/** The npm packages, as listed in package-lock.json. */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { fail, modules, read, root, runLong, say } = require('./machine.cjs');
const { buildNativeCrypto, buildVersion } = require('./native-crypto.cjs');
const { provideNode } = require('./node.cjs');
const { registryTrouble } = require('./registry.cjs');

const stampFile = path.join(modules, '.sonde-setup');

/** Installs what is missing, and makes Node 24 the Node of npm's scripts. */
async function installModules() {
  const lock = read(path.join(root, 'package-lock.json'));
  if (lock === undefined) fail('package-lock.json is missing: this is not a whole checkout of Sonde.');
  const stamp = createHash('sha256').update(lock).update(buildVersion).digest('hex');
  const isCurrent = read(stampFile) === stamp;
  if (!isCurrent && !installedMatches(lock)) await runNpm(lock);
  provideNode(isCurrent);
  if (isCurrent) return;
  await buildNativeCrypto();
  // It ran npm again.
  provideNode(true);
  fs.writeFileSync(stampFile, stamp);
}

async function runNpm(lock) {
  const names = Object.entries(JSON.parse(lock).packages)
    .filter(([where, entry]) => where !== '' && !isForOthers(entry))
    .map(([where]) => path.join(root, where, 'package.json'));
  const progress = () => {
    const present = names.filter((file) => fs.existsSync(file)).length;
    return `, ${present} of ${names.length} packages`;
  };
  say(`Installing ${names.length} npm packages…`);
  const trouble = registryTrouble();
  // Packages in npm's cache need no registry.
  const offline = trouble?.isCertain ? ['--offline'] : [];
  if (trouble && !trouble.isCertain) say(`${trouble.sentences}\nTrying on…`);
  const args = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...offline];
  const log = await runLong('Installing the npm packages', 'npm', args, { progress });
  if (log.ok) return;
  if (trouble?.isCertain) fail(trouble.sentences);
  fail(`npm ci failed, so Sonde cannot run. ${trouble ? trouble.sentences : ''} What npm said:`, log.all);
}

/** Whether the packages that npm says it installed exist and match the lock file, as after a manual `npm install`. */
function installedMatches(lockText) {
  try {
    const wanted = JSON.parse(lockText).packages;
    const present = JSON.parse(read(path.join(modules, '.package-lock.json'))).packages;
    return Object.entries(wanted).every(([where, entry]) => {
      if (where === '') return true;
      const found = present[where];
      if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
      if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
      // Two installs at the same time, or one that was interrupted, leave npm's list without the packages.
      return entry.optional === true || isForOthers(entry) || fs.existsSync(path.join(root, where, 'package.json'));
    });
  } catch {
    return false;
  }
}

/** Whether a package is only for another system or processor. */
function isForOthers({ os, cpu, libc }) {
  const excludes = (list, mine) => list !== undefined && !list.includes(mine);
  return (
    excludes(os, process.platform) || excludes(cpu, process.arch) || (libc !== undefined && !libc.includes('glibc'))
  );
}

module.exports = { installModules };
