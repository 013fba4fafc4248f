const fs = require('node:fs');
const path = require('node:path');
const { cache, isRoot, onPath, read, runLong, say } = require('./machine.cjs');
const { mirror } = require('./mirror.cjs');

/**
 * Complete Debian systems that the tests use as hosts, and install Sonde's package in: release → its name, and its special
 * packages.
 */
const debians = {
  11: ['bullseye', ''],
  12: ['bookworm', ',adduser'],
  13: ['trixie', ',wtmpdb,libpam-wtmpdb,systemd,adduser'],
};

/**
 * The files of complete Debian systems, each a host of its own, all built at once: 20 s and 120 to 200 MB each, once.
 */
async function buildDebians() {
  const place = (release) => path.join(cache, `debian-${release}`);
  const missing = Object.keys(debians).filter((release) => !fs.existsSync(path.join(place(release), 'usr/sbin/sshd')));
  if (missing.length === 0 || !isRoot || !onPath('mmdebstrap')) return;
  const uri = mirror()?.uri;
  if (uri === undefined) return;
  say(`Building Debian ${missing.join(', ')} for the tests…`);
  fs.mkdirSync(cache, { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const build = (release) => {
    const [name, more] = debians[release];
    const work = `${place(release)}.${process.pid}`;
    const include = `openssh-server,procps,iproute2,nftables${more}`;
    const source = `deb [signed-by=${keyring}] ${uri} ${name} main`;
    return `mmdebstrap --quiet --variant=minbase --mode=root --include=${include} ${name} '${work}' '${source}' >'${work}.log' 2>&1 &`;
  };
  await runLong('Building the Debians', 'sh', ['-c', [...missing.map(build), 'wait'].join('\n')], { timeout: 600_000 });
  for (const release of missing) {
    const work = `${place(release)}.${process.pid}`;
    for (const folder of ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale', 'usr/share/man'])
      fs.rmSync(path.join(work, folder), { recursive: true, force: true });
    if (fs.existsSync(path.join(work, 'usr/sbin/sshd'))) fs.renameSync(work, place(release));
    else {
      const said = read(`${work}.log`)?.trim().split('\n').at(-1);
      say(`Debian ${release} could not be built, so its tests will fail: ${said}`);
      fs.rmSync(work, { recursive: true, force: true });
    }
    fs.rmSync(`${work}.log`, { force: true });
  }
}

module.exports = { buildDebians };
