// Makes `npm start`, `npm run dev` and `npm test` work on a new machine: installs what is missing and builds the page.
// Plain CommonJS, because it runs on Node 20 before anything is installed. Usage: node scripts/setup.cjs start|dev|test|packages
const { installDebianPackages, installForPackages } = require('./setup/debian-packages.cjs');
const { buildDebians, buildDebiansForPackages } = require('./setup/debians.cjs');
const { fail } = require('./setup/machine.cjs');
const { installModules } = require('./setup/packages.cjs');
const { buildPage } = require('./setup/page.cjs');
const { unpackPrograms } = require('./setup/programs.cjs');

async function setUp(mode) {
  if (!['start', 'dev', 'test', 'packages'].includes(mode))
    fail('Usage: node scripts/setup.cjs start|dev|test|packages');
  await installModules();
  if (mode !== 'dev') await buildPage();
  if (mode === 'packages') {
    await installForPackages();
    await buildDebiansForPackages();
  }
  if (mode !== 'test') return;
  await installDebianPackages();
  await Promise.all([unpackPrograms(), buildDebians()]);
}

setUp(process.argv[2]).catch((error) => fail(`The set-up failed: ${error.message}`, error.stack));
