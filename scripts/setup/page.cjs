const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { fail, modules, read, root, runLong, say } = require('./machine.cjs');
const { nodeToRun } = require('./node.cjs');

/** Builds the page if its sources have changed since: a stamp contains their hash. */
async function buildPage() {
  const web = path.join(root, 'web');
  const stamp = path.join(web, 'dist', '.stamp');
  const sources = [path.join(root, 'package-lock.json')];
  const collect = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'dist' || entry.name === 'node_modules') continue;
      const where = path.join(folder, entry.name);
      if (entry.isDirectory()) collect(where);
      else sources.push(where);
    }
  };
  collect(web);
  collect(path.join(root, 'src', 'model'));
  const hash = createHash('sha256');
  for (const file of sources.sort((a, b) => (a < b ? -1 : 1)))
    hash.update(path.relative(root, file)).update(fs.readFileSync(file));
  const wanted = hash.digest('hex');
  if (read(stamp) === wanted) return;
  const vite = path.join(modules, 'vite', 'bin', 'vite.js');
  if (!fs.existsSync(vite)) {
    if (!fs.existsSync(stamp))
      say('The page is not built: it needs the development packages (npm ci, without --omit=dev).');
    return;
  }
  say('Building the page…');
  const log = await runLong('Building the page', nodeToRun(), [vite, 'build', 'web', '--logLevel', 'warn'], {
    timeout: 300_000,
  });
  if (!log.ok) fail('The page could not be built. The output was:', log.all);
  fs.writeFileSync(stamp, wanted);
}

module.exports = { buildPage };
