const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { cache, isRoot, lastLine, onPath, runLong, say } = require('./machine.cjs');
const { mirror } = require('./mirror.cjs');

const openssh10 = path.join(cache, 'openssh10');

/** The server of OpenSSH 10 from Debian's backports, unpacked but not installed. */
async function unpackOpenssh10() {
  if (fs.existsSync(path.join(openssh10, 'usr', 'sbin', 'sshd'))) return;
  if (!isRoot || !onPath('apt-get') || !onPath('dpkg-deb')) return;
  const work = `${openssh10}.${process.pid}`;
  try {
    const { uri, signedBy } = mirror() ?? {};
    if (uri === undefined) throw new Error('apt knows no mirror');
    const keys = ['/usr/share/keyrings/debian-archive-keyring.gpg', signedBy].find(
      (file) => file && fs.existsSync(file),
    );
    fs.mkdirSync(path.join(work, 'lists', 'partial'), { recursive: true });
    fs.mkdirSync(path.join(work, 'archives', 'partial'), { recursive: true });
    const option = keys === undefined ? '' : `[signed-by=${keys}] `;
    fs.writeFileSync(path.join(work, 'sources.list'), `deb ${option}${uri} bookworm-backports main\n`);
    const settings = {
      'Dir::Etc::sourcelist': path.join(work, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': path.join(work, 'lists'),
      'Dir::Cache::archives': path.join(work, 'archives'),
      'Dir::Cache::pkgcache': '',
      'Dir::Cache::srcpkgcache': '',
      'APT::Sandbox::User': 'root',
      'Acquire::Retries': '1',
      'Acquire::http::Timeout': '15',
    };
    const apt = ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
    for (const args of [['update'], ['download', 'openssh-server', 'openssh-client']]) {
      const log = await runLong('Fetching OpenSSH 10', 'apt-get', [...apt, ...args], { cwd: work, timeout: 120_000 });
      if (!log.ok) throw new Error(lastLine(log.all));
    }
    const tree = path.join(work, 'tree');
    for (const file of fs.readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', path.join(work, file), tree]);
    }
    fs.renameSync(tree, openssh10);
  } catch (error) {
    say(`OpenSSH 10 could not be fetched, so its tests will fail: ${String(error)}`);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

module.exports = { unpackOpenssh10 };
