const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { cache, isRoot, lastLine, onPath, runLong, say } = require('./machine.cjs');
const { mirror } = require('./mirror.cjs');

/**
 * Programs that are unpacked but not installed. `file`: what is there when that was done; `only`: all that is kept; `tried`:
 * what it is started with to see that it works here; `without`: what happens where it is missing.
 */
const programs = [
  {
    // Newer than this Debian's.
    title: 'OpenSSH 10',
    folder: 'openssh10',
    suite: 'bookworm-backports',
    packages: ['openssh-server', 'openssh-client'],
    file: 'usr/sbin/sshd',
  },
  {
    // The first one with a receiver of OTLP; Prometheus is built without it in every Debian.
    title: 'VictoriaMetrics 1.112',
    folder: 'victoria-metrics',
    suite: 'trixie',
    packages: ['victoria-metrics'],
    file: 'usr/bin/victoria-metrics',
    only: 'usr/bin/victoria-metrics',
  },
  {
    // Chromium without all that is around a page: a tab takes half of the processor time. Installed, it would have to be of the
    // same version as this machine's Chromium.
    title: 'The shell of Chromium',
    folder: 'chromium',
    suite: 'bookworm',
    packages: ['chromium-headless-shell', 'chromium-common'],
    file: 'usr/lib/chromium/chromium-headless-shell',
    tried: ['--version'],
    without: 'the tests of the page use the whole Chromium and take longer',
  },
];

/** Unpacks what is missing, side by side. */
async function unpackPrograms() {
  await Promise.all(programs.map(unpack));
}

async function unpack({ title, folder, suite, packages, file, only, tried, without = 'its tests will fail' }) {
  const place = path.join(cache, folder);
  if (fs.existsSync(path.join(place, file))) return;
  if (!isRoot || !onPath('apt-get') || !onPath('dpkg-deb')) return;
  const work = `${place}.${process.pid}`;
  try {
    const { uri, signedBy } = mirror() ?? {};
    if (uri === undefined) throw new Error('apt knows no mirror');
    const keys = ['/usr/share/keyrings/debian-archive-keyring.gpg', signedBy].find(
      (file) => file && fs.existsSync(file),
    );
    fs.mkdirSync(path.join(work, 'lists', 'partial'), { recursive: true });
    fs.mkdirSync(path.join(work, 'archives', 'partial'), { recursive: true });
    const option = keys === undefined ? '' : `[signed-by=${keys}] `;
    fs.writeFileSync(path.join(work, 'sources.list'), `deb ${option}${uri} ${suite} main\n`);
    const settings = {
      'Dir::Etc::sourcelist': path.join(work, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': path.join(work, 'lists'),
      // What is installed is no other version of it.
      'Dir::State::status': '/dev/null',
      'Dir::Cache::archives': path.join(work, 'archives'),
      'Dir::Cache::pkgcache': '',
      'Dir::Cache::srcpkgcache': '',
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '1',
      'Acquire::http::Timeout': '15',
    };
    const apt = ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
    for (const args of [['update'], ['download', ...packages]]) {
      const log = await runLong(`Fetching ${title}`, 'apt-get', [...apt, ...args], { cwd: work, timeout: 120_000 });
      if (!log.ok) throw new Error(lastLine(log.all));
    }
    const tree = path.join(work, 'tree');
    for (const file of fs.readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', path.join(work, file), tree]);
    }
    if (tried !== undefined) execFileSync(path.join(tree, file), tried, { stdio: 'ignore' });
    if (only !== undefined) {
      const kept = path.join(work, 'kept');
      fs.mkdirSync(path.dirname(path.join(kept, only)), { recursive: true });
      fs.renameSync(path.join(tree, only), path.join(kept, only));
      fs.renameSync(kept, place);
    } else fs.renameSync(tree, place);
  } catch (error) {
    say(`${title} could not be fetched, so ${without}: ${String(error)}`);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

module.exports = { unpackPrograms };
