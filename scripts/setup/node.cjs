/** Node 24, which npm installs as a separate package for each processor. */
const fs = require('node:fs');
const path = require('node:path');
const { fail, modules, run } = require('./machine.cjs');

const nodeHome = path.join(modules, `node-${process.platform}-${process.arch}`);
const node24 = path.join(nodeHome, 'bin', 'node');
const link = path.join(modules, '.bin', 'node');
const target = path.relative(path.dirname(link), node24);

const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24;

/** The Node that Sonde runs on after {@link provideNode}: the package's, or this one. */
const nodeToRun = () => (linkedTo() === target ? node24 : process.execPath);

/**
 * Makes `node` in npm's scripts Node 24. The packages of all processors share the name `node` in node_modules/.bin, and
 * npm before 11.6 removes it together with the packages for other processors. Ends the set-up if there is no Node 24.
 * `isChecked`: the package has been tried before.
 */
function provideNode(isChecked) {
  if (!fs.existsSync(node24)) {
    if (isNewEnough) return;
    fail(
      `Sonde needs Node 24, and this is ${process.version}. npm has installed none: ${
        hasPackage()
          ? 'install the optional packages too (npm ci, without --omit=optional), or install Node 24 yourself.'
          : `there is no package for ${process.platform}-${process.arch}, so install Node 24 yourself.`
      }`,
    );
  }
  if (linkedTo() === target && isChecked) return;
  const check = run(node24, ['--version'], { timeout: 20_000 });
  if (!check.ok) {
    // Built for glibc: on Alpine, for example, it does not run.
    if (isNewEnough) return void fs.rmSync(link, { force: true });
    fail(
      `Sonde needs Node 24, this is ${process.version}, and the one from npm does not run on this system. Install Node 24 yourself.`,
      check.all,
    );
  }
  if (linkedTo() === target) return;
  try {
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.rmSync(link, { force: true });
    fs.symlinkSync(target, link);
  } catch (error) {
    if (linkedTo() === target) return;
    fail(`${link} must link to Node 24, but cannot be written: ${error.message}. Run this once as its owner.`);
  }
}

function hasPackage() {
  const { optionalDependencies } = require('../../package.json');
  return path.basename(nodeHome) in optionalDependencies;
}

function linkedTo() {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined;
  }
}

module.exports = { nodeHome, nodeToRun, provideNode };
