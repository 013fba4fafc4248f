const fs = require('node:fs');
const path = require('node:path');
const { cache, isRoot, onPath, read, runLong, say } = require('./machine.cjs');
const { mirror } = require('./mirror.cjs');

/** Complete Debian systems that the tests use as hosts, and install Sonde's package in: folder in .cache → what it is. */
const hosts = {
  'debian-11': { suite: 'bullseye', include: [] },
  'debian-12': { suite: 'bookworm', include: ['adduser'] },
  'debian-13': { suite: 'trixie', include: ['adduser', 'libpam-wtmpdb', 'systemd', 'wtmpdb'] },
};
const ofHosts = ['openssh-server', 'procps', 'iproute2', 'nftables'];

/** What `npm run test:packages` installs Sonde's package in, and makes its image from. */
const forPackages = {
  'packages-12': { suite: 'bookworm', include: ['adduser', 'systemd'] },
  'packages-13': { suite: 'trixie', include: ['adduser', 'systemd'] },
  'packages-base': { suite: 'trixie', include: ['libstdc++6'] },
};

/** Builds the Debians that are hosts, all at once: 20 s and 120 to 200 MB each, once. */
async function buildDebians() {
  const withServer = Object.entries(hosts).map(([folder, { suite, include }]) => [
    folder,
    { suite, include: [...ofHosts, ...include], program: 'usr/sbin/sshd' },
  ]);
  await buildTrees(Object.fromEntries(withServer));
}

const buildDebiansForPackages = () => buildTrees(forPackages);

/** Builds those that are missing, all at once. A tree is complete if it has `program`. */
async function buildTrees(trees) {
  const place = (folder) => path.join(cache, folder);
  const isThere = (tree, folder) => fs.existsSync(path.join(tree, trees[folder].program ?? 'usr/bin/dpkg'));
  const missing = Object.keys(trees).filter((folder) => !isThere(place(folder), folder));
  if (missing.length === 0 || !isRoot || !onPath('mmdebstrap')) return;
  const uri = mirror()?.uri;
  if (uri === undefined) return;
  say(`Building ${missing.join(', ')} for the tests…`);
  fs.mkdirSync(cache, { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const build = (folder) => {
    const { suite, include } = trees[folder];
    const work = `${place(folder)}.${process.pid}`;
    const source = `deb [signed-by=${keyring}] ${uri} ${suite} main`;
    // It may do without the safety that costs time: what a crash leaves is removed.
    return `mmdebstrap --quiet --variant=minbase --mode=root --dpkgopt=force-unsafe-io --include=${include.join(',')} ${suite} '${work}' '${source}' >'${work}.log' 2>&1 &`;
  };
  await runLong('Building the Debians', 'sh', ['-c', [...missing.map(build), 'wait'].join('\n')], { timeout: 600_000 });
  for (const folder of missing) {
    const work = `${place(folder)}.${process.pid}`;
    for (const unused of [
      'etc/dpkg/dpkg.cfg.d/99mmdebstrap',
      'usr/share/doc',
      'usr/share/locale',
      'usr/share/man',
      'var/cache/apt',
      'var/lib/apt/lists',
    ])
      fs.rmSync(path.join(work, unused), { recursive: true, force: true });
    if (isThere(work, folder)) fs.renameSync(work, place(folder));
    else {
      const said = read(`${work}.log`)?.trim().split('\n').at(-1);
      say(`${folder} could not be built, so its tests will fail: ${said}`);
      fs.rmSync(work, { recursive: true, force: true });
    }
    fs.rmSync(`${work}.log`, { force: true });
  }
}

module.exports = { buildDebians, buildDebiansForPackages };
