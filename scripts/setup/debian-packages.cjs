/** The Debian packages that the system tests need. */
const fs = require('node:fs');
const { cleanEnv, isRoot, lastLine, onPath, run, runLong, say } = require('./machine.cjs');

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
  'prometheus-node-exporter',
  'prometheus-alertmanager',
  'prometheus',
  'systemd',
  'nginx',
  'caddy',
];

/** What `npm run test:packages` needs. */
const forPackages = ['binutils', 'buildah', 'crun', 'iproute2', 'mmdebstrap', 'podman'];

const installDebianPackages = () => install(debianPackages);
const installForPackages = () => install(forPackages);

/** Installs what is missing with apt-get, as root; if that is not possible, says what the tests lack. */
async function install(wanted) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const known = run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted]).out;
  const present = new Set(
    known
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  const missing = wanted.filter((name) => !present.has(name));
  if (missing.length === 0) return;
  const advice = `The tests need: ${missing.join(' ')}`;
  if (!isRoot || !onPath('apt-get')) return say(`${advice} (as root: apt-get install them). Continuing without them.`);
  say(`Installing ${missing.join(' ')}…`);
  const apt = ['-o', 'DPkg::Lock::Timeout=300', '-q', '-y'];
  const env = { ...cleanEnv, DEBIAN_FRONTEND: 'noninteractive' };
  // On a minimal machine nothing keeps apt from starting the services it installs.
  const policy = '/usr/sbin/policy-rc.d';
  const own = !fs.existsSync(policy);
  if (own) fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const log = await runLong(
    'Installing the Debian packages',
    'sh',
    ['-ec', 'apt-get "$@" update; apt-get "$@" install --no-install-recommends $MISSING', 'sh', ...apt],
    { env: { ...env, MISSING: missing.join(' ') }, timeout: 900_000 },
  );
  if (own) fs.rmSync(policy, { force: true });
  if (!log.ok) say(`${advice}; apt-get failed: ${lastLine(log.all)}`);
}

module.exports = { installDebianPackages, installForPackages };
