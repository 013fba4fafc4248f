// Makes `npm start`, `npm run dev` and `npm test` work on a new machine: installs what is missing and builds the page.
// Plain CommonJS: it runs before anything is installed, on Node 20. Usage: node scripts/setup.cjs start|dev|test
const { execFileSync, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** What the tests run against. The rig itself also needs util-linux and passwd, which every Debian has. */
const debianPackages = [
  'openssh-server',
  'openssh-client',
  'libpam-google-authenticator',
  'dropbear-bin',
  'tinysshd',
  'socat',
  'sshpass',
  'busybox-static',
  'ksh93u+m',
  'mksh',
  'zsh',
  'fish',
  'tcsh',
  'sudo',
  'nftables',
  'iptables',
  'iproute2',
  'locales',
  'procps',
  'putty-tools',
  'microsocks',
  'dante-server',
  'tinyproxy-bin',
  'strace',
  'sshfs',
  'faketime',
  'chromium',
  'mmdebstrap',
  'ansible-core',
];

const root = path.resolve(__dirname, '..');
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.sonde-setup');
const node24 = path.join(modules, '.bin', 'node');
const nodeHome = path.join(modules, `node-${process.platform}-${process.arch}`);
const openssh10 = path.join(root, '.cache', 'openssh10');
/** Whole Debians that the tests have as hosts: release → its name, and what it has beside the others. */
const debians = {
  11: ['bullseye', ''],
  12: ['bookworm', ''],
  13: ['trixie', ',wtmpdb,libpam-wtmpdb'],
};

// Without node_modules/.bin: npm must not run on the Node that it is about to replace.
const cleanEnv = {
  ...process.env,
  PATH: (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.endsWith(path.join('node_modules', '.bin')))
    .join(path.delimiter),
};

const say = (line) => process.stderr.write(`${line}\n`);
const read = (file) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
const onPath = (name) =>
  (cleanEnv.PATH ?? '').split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, name)));

function fail(line, output = '') {
  const tail = output.trim().split('\n').slice(-15).join('\n');
  say(tail === '' ? line : `${line}\n${tail}`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: cleanEnv,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  return {
    ok: result.status === 0,
    out: result.stdout ?? '',
    all: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? result.error.message : ''}`,
  };
}

/** Whether what npm says it installed is what the lock asks for, as after a hand-made `npm install`. */
function installedMatches(lockText) {
  try {
    const wanted = JSON.parse(lockText).packages;
    const present = JSON.parse(read(path.join(modules, '.package-lock.json'))).packages;
    return Object.entries(wanted).every(([where, entry]) => {
      if (where === '') return true;
      const found = present[where];
      if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
      return found.version === entry.version && found.integrity === entry.integrity;
    });
  } catch {
    return false;
  }
}

/** ssh2 encrypts in JavaScript unless its small native module is there: worth having, never required. */
function buildNativeCrypto() {
  if (!fs.existsSync(path.join(nodeHome, 'include'))) return;
  if (!['python3', 'make', 'g++'].every(onPath)) return;
  const release = path.join(modules, 'ssh2', 'lib', 'protocol', 'crypto', 'build');
  const headers = safeHeaders();
  run('npm', ['rebuild', 'ssh2'], { env: { ...cleanEnv, npm_config_nodedir: headers }, timeout: 180_000 });
  fs.rmSync(headers, { recursive: true, force: true });
  const binary = path.join(release, 'Release', 'sshcrypto.node');
  const works = run(node24, ['-e', `require(${JSON.stringify(binary)})`], { timeout: 20_000 }).ok;
  if (!works) fs.rmSync(release, { recursive: true, force: true });
}

/**
 * A copy of Node's headers with which a native module can be built. Those of 24.19 and later make every wrapped object
 * remove a hook when it is collected, and Node aborts where that happens outside of a context: nodejs/node#65446. Without the
 * hooks they are as those before.
 */
function safeHeaders() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'node-headers-'));
  fs.cpSync(path.join(nodeHome, 'include'), path.join(folder, 'include'), { recursive: true });
  const file = path.join(folder, 'include', 'node', 'node_object_wrap.h');
  const hook = /(Add|Remove)EnvironmentCleanupHook\(v8::Isolate::GetCurrent\(\), CleanupHook, this\);/g;
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(hook, ''));
  return folder;
}

/** Changes when what is built from the packages does, so that it is built anew where it is there already. */
const buildVersion = 'native crypto without cleanup hooks';

function installModules() {
  const lock = read(path.join(root, 'package-lock.json'));
  if (lock === undefined) fail('package-lock.json is missing: this is not a whole checkout of Sonde.');
  const stamp = createHash('sha256').update(lock).update(buildVersion).digest('hex');
  if (read(stampFile) !== stamp) {
    if (!installedMatches(lock)) {
      say('Installing the npm packages…');
      const log = run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']);
      if (!log.ok) fail('npm ci failed, so Sonde cannot run. What it said:', log.all);
    }
    buildNativeCrypto();
    fs.writeFileSync(stampFile, stamp);
  }
  if (Number(process.versions.node.split('.')[0]) < 24 && !fs.existsSync(node24)) {
    fail(
      `Sonde needs Node 24, this is ${process.version}, and npm has none for ${process.platform}-${process.arch}: install it.`,
    );
  }
}

function installDebianPackages() {
  const isRoot = process.getuid?.() === 0;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const known = run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...debianPackages]).out;
  const present = new Set(
    known
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  const missing = debianPackages.filter((name) => !present.has(name));
  if (missing.length === 0) return;
  const advice = `The system tests need: ${missing.join(' ')}`;
  if (!isRoot || !onPath('apt-get')) return say(`${advice} (as root: apt-get install them); going on without.`);
  say(`Installing ${missing.join(' ')}…`);
  const apt = ['-o', 'DPkg::Lock::Timeout=300', '-q', '-y'];
  const env = { ...cleanEnv, DEBIAN_FRONTEND: 'noninteractive' };
  // On a minimal machine nothing keeps apt from starting what it installs.
  const policy = '/usr/sbin/policy-rc.d';
  const own = !fs.existsSync(policy);
  if (own) fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const log = run(
    'sh',
    ['-ec', 'apt-get "$@" update; apt-get "$@" install --no-install-recommends $MISSING', 'sh', ...apt],
    { env: { ...env, MISSING: missing.join(' ') }, timeout: 900_000 },
  );
  if (own) fs.rmSync(policy, { force: true });
  if (!log.ok) say(`${advice}; apt-get failed: ${log.all.trim().split('\n').at(-1)}`);
}

/** The server of OpenSSH 10, from Debian's backports, unpacked beside the system's and not installed. */
function unpackOpenssh10() {
  if (fs.existsSync(path.join(openssh10, 'usr', 'sbin', 'sshd'))) return;
  if (process.getuid?.() !== 0 || !onPath('apt-get') || !onPath('dpkg-deb')) return;
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
      const log = run('apt-get', [...apt, ...args], { cwd: work, timeout: 120_000 });
      if (!log.ok) throw new Error(log.all.trim().split('\n').at(-1));
    }
    const tree = path.join(work, 'tree');
    for (const file of fs.readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', path.join(work, file), tree]);
    }
    fs.renameSync(tree, openssh10);
  } catch (error) {
    say(`OpenSSH 10 could not be fetched, its tests will fail: ${String(error)}`);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** The files of whole Debians, each a host of its own, all built at once: 20 s and 120 to 200 MB each, once. */
function buildDebians() {
  const place = (release) => path.join(root, '.cache', `debian-${release}`);
  const missing = Object.keys(debians).filter((release) => !fs.existsSync(path.join(place(release), 'usr/sbin/sshd')));
  if (missing.length === 0 || process.getuid?.() !== 0 || !onPath('mmdebstrap')) return;
  const uri = mirror()?.uri;
  if (uri === undefined) return;
  say(`Building Debian ${missing.join(', ')} for the tests…`);
  fs.mkdirSync(path.join(root, '.cache'), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const build = (release) => {
    const [name, more] = debians[release];
    const work = `${place(release)}.${process.pid}`;
    const include = `openssh-server,procps,iproute2,nftables${more}`;
    const source = `deb [signed-by=${keyring}] ${uri} ${name} main`;
    return `mmdebstrap --quiet --variant=minbase --mode=root --include=${include} ${name} '${work}' '${source}' >'${work}.log' 2>&1 &`;
  };
  run('sh', ['-c', [...missing.map(build), 'wait'].join('\n')], { timeout: 600_000 });
  for (const release of missing) {
    const work = `${place(release)}.${process.pid}`;
    for (const folder of ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale', 'usr/share/man'])
      fs.rmSync(path.join(work, folder), { recursive: true, force: true });
    if (fs.existsSync(path.join(work, 'usr/sbin/sshd'))) fs.renameSync(work, place(release));
    else {
      const said = read(`${work}.log`)?.trim().split('\n').at(-1);
      say(`Debian ${release} could not be built, its tests will fail: ${said}`);
      fs.rmSync(work, { recursive: true, force: true });
    }
    fs.rmSync(`${work}.log`, { force: true });
  }
}

/** The machine's own mirror of Debian, whatever it is, and what its lists are signed by. */
function mirror() {
  const [uri, signedBy] =
    run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(SIGNED_BY)', 'Identifier: Packages'])
      .out.split('\n')
      .map((line) => line.trim().split(' '))
      .find(([site]) => site !== '' && !/security/.test(site)) ?? [];
  return uri === undefined ? undefined : { uri, signedBy };
}

/** Builds the page where its sources are newer than what was built: a stamp holds their hash. */
function buildPage() {
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
  const node = fs.existsSync(node24) ? node24 : process.execPath;
  const log = run(node, [vite, 'build', 'web', '--logLevel', 'warn'], { timeout: 300_000 });
  if (!log.ok) fail('The page could not be built. What was said:', log.all);
  fs.writeFileSync(stamp, wanted);
}

const mode = process.argv[2];
if (!['start', 'dev', 'test'].includes(mode)) fail('Usage: node scripts/setup.cjs start|dev|test');
installModules();
if (mode !== 'dev') buildPage();
if (mode === 'test') {
  installDebianPackages();
  unpackOpenssh10();
  buildDebians();
}
