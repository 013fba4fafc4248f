/** ssh2 encrypts in JavaScript unless its small native module exists, which is faster but never required. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { cleanEnv, modules, onPath, run, runLong } = require('./machine.cjs');
const { nodeHome, nodeToRun } = require('./node.cjs');

/** Changes when the way it is built changes, so that an existing one is rebuilt. */
const buildVersion = 'native crypto without cleanup hooks';

/** Builds it if the tools exist, and removes it again if it does not load. */
async function buildNativeCrypto() {
  if (!fs.existsSync(path.join(nodeHome, 'include'))) return;
  if (!['python3', 'make', 'g++'].every(onPath)) return;
  const release = path.join(modules, 'ssh2', 'lib', 'protocol', 'crypto', 'build');
  const headers = safeHeaders();
  const env = { ...cleanEnv, npm_config_nodedir: headers };
  await runLong('Building the native crypto of ssh2', 'npm', ['rebuild', 'ssh2'], { env, timeout: 180_000 });
  fs.rmSync(headers, { recursive: true, force: true });
  const binary = path.join(release, 'Release', 'sshcrypto.node');
  const works = run(nodeToRun(), ['-e', `require(${JSON.stringify(binary)})`], { timeout: 20_000 }).ok;
  if (!works) fs.rmSync(release, { recursive: true, force: true });
}

/**
 * A copy of Node's headers for building a native module. Those of 24.19 and later make every wrapped object remove a
 * hook when it is collected, and Node aborts if that happens outside a context: nodejs/node#65446. Without the hooks
 * they are like earlier ones.
 */
function safeHeaders() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'node-headers-'));
  fs.cpSync(path.join(nodeHome, 'include'), path.join(folder, 'include'), { recursive: true });
  const file = path.join(folder, 'include', 'node', 'node_object_wrap.h');
  const hook = /(Add|Remove)EnvironmentCleanupHook\(v8::Isolate::GetCurrent\(\), CleanupHook, this\);/g;
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(hook, ''));
  return folder;
}

module.exports = { buildNativeCrypto, buildVersion };
