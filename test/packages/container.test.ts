/** The image as it is built and run: by podman, in namespaces of its own, with a file system that must stay as it is. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../scripts/release.ts';
import { debianArchitecture, treeOf } from '../support/debian-package.ts';
import { waitFor } from '../support/rig.ts';

const place = mkdtempSync(join(tmpdir(), 'sonde-container-'));
const deploy = resolve(import.meta.dirname, '../../deploy');
/** This machine may have no systemd, no groups of processes for podman, and limits that root cannot raise. */
const limits = '--cgroups=disabled --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 --network host';
const closed = '--read-only --read-only-tmpfs=false --cap-drop ALL --security-opt no-new-privileges';
const volume = '-v data:/var/lib/sonde';

/** Where podman runs: with mounts and a network of its own, which vanish with this process. */
const namespaces = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--net', '--fork', '--kill-child'];
const begin = `mount --make-rprivate /
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs run /run
ip link set lo up
touch '${place}/ready'
exec sleep infinity`;
const sandbox = spawn('setpriv', [...namespaces, 'sh', '-ec', begin], { stdio: ['ignore', 'ignore', 'inherit'] });

/** Runs a command of podman there and returns what it prints; with `isOnline`, with the network of this machine. */
async function podman(command: string, isOnline = false): Promise<string> {
  const { code, out, err } = await tryPodman(command, isOnline);
  if (code !== 0) throw new Error(`podman ${command} ended with ${code}: ${out}${err}`);
  return out.trim();
}

async function tryPodman(command: string, isOnline = false) {
  const unshare = await waitFor(() => childOf(sandbox.pid));
  const line = `podman --root '${place}/storage' --runroot '${place}/run' --runtime crun --log-level fatal ${command}`;
  const args = ['-t', unshare, '-m', ...(isOnline ? [] : ['-n']), 'sh', '-c', line];
  return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((done) => {
    execFile('nsenter', args, { timeout: 300_000, maxBuffer: 1 << 26 }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

/** The process in the namespaces, once they are as it made them. */
function childOf(pid: number | undefined): string | undefined {
  if (!existsSync(join(place, 'ready'))) return undefined;
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] || undefined;
}

const isHealthy = async (name: string): Promise<boolean> => (await tryPodman(`healthcheck run ${name}`)).code === 0;

beforeAll(async () => {
  const out = join(place, 'release');
  await build(out, { architectures: [debianArchitecture], compression: 'none' });
  const base = join(place, 'base.tar');
  execFileSync('tar', ['-C', treeOf('packages-base'), '-cf', base, '.']);
  await podman(`import '${base}' localhost/debian`);
  const args = `--isolation chroot --format docker --build-arg BASE=localhost/debian -t localhost/sonde`;
  await podman(`build -q ${args} -f '${deploy}/Containerfile' '${out}'`, true);
});

afterAll(async () => {
  await tryPodman('rm -af -t 0');
  sandbox.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
});

test('it starts, becomes healthy, and writes nothing outside of its volume; its root is read-only, its user is not root', async () => {
  await podman(`run -d --name first ${limits} ${closed} ${volume} localhost/sonde`);
  await expect.poll(() => isHealthy('first')).toBe(true);
  expect(await podman('inspect first --format "{{.State.Health.Status}}"')).toBe('healthy');
  expect(await podman("exec first sh -c \"id -u; id -g; tr '\\0' ' ' </proc/1/cmdline\"")).toBe(
    '10001\n10001\ntini -- sonde start',
  );
  for (const path of ['/etc/x', '/tmp/x', '/usr/lib/sonde/x'])
    expect((await tryPodman(`exec first touch ${path}`)).err).toContain('Read-only file system');
  expect(await podman('exec first stat -c "%a %U" /var/lib/sonde/sonde.db')).toBe('600 sonde');
  expect(await podman('logs first')).toContain('/welcome#setup=');
  // What podman itself mounts is in /etc: hosts, hostname, resolv.conf.
  expect(
    (await podman('diff first')).split('\n').filter((line) => !/^[AC] \/(etc|run|dev|proc|sys)\b/.test(line)),
  ).toEqual([]);
  const backup = await podman('exec first sh -c "sonde backup - | tar -t"');
  expect(backup).toContain('sonde.db');
});

test('SIGTERM ends it within its limit, and another container goes on with the volume', async () => {
  const key = await podman('exec first cat /var/lib/sonde/sealing.key');
  await podman('stop -t 10 first');
  // 137 if it had to be killed.
  expect(await podman('inspect first --format "{{.State.ExitCode}}"')).toBe('0');
  expect(await podman('logs first')).toContain('"signal":"SIGTERM"');
  await podman('rm first');
  await podman(`run -d --name second ${limits} ${closed} ${volume} -e SONDE_PORT=8181 localhost/sonde`);
  await expect.poll(() => isHealthy('second')).toBe(true);
  expect(await podman('exec second cat /var/lib/sonde/sealing.key')).toBe(key);
  expect(await podman('exec second sonde health')).toBe('Sonde runs, and answers at http://127.0.0.1:8181/health');
});

test('with the volume of one that runs, a second one ends and says why; a container that does not answer is unhealthy', async () => {
  const another = await tryPodman(`run --rm ${limits} ${closed} ${volume} -e SONDE_PORT=8282 localhost/sonde`);
  expect([another.code, another.err]).toEqual([2, expect.stringContaining('Another Sonde')]);
  await podman(`run -d --name third ${limits} ${closed} --entrypoint sleep localhost/sonde infinity`);
  expect((await tryPodman('healthcheck run third')).code).toBe(1);
});

test('the sealing key can be a secret that only the user of the container reads', async () => {
  const file = join(place, 'sealing.key');
  writeFileSync(file, `${'5e'.repeat(32)}\n`, { mode: 0o600 });
  await podman(`secret create sealing_key '${file}'`);
  const secret = '--secret sealing_key,uid=10001,mode=0400 -e SONDE_SEALING_KEY_FILE=/run/secrets/sealing_key';
  await podman(
    `run -d --name fourth ${limits} ${closed} ${secret} -v other:/var/lib/sonde -e SONDE_PORT=8383 localhost/sonde`,
  );
  await expect.poll(() => isHealthy('fourth')).toBe(true);
  expect(await podman('exec fourth ls /var/lib/sonde')).not.toContain('sealing.key');
});
