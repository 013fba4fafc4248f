/** Whether npm can reach its registry, and what to do if it cannot. */
const { cleanEnv, lastLine, read, root, run } = require('./machine.cjs');
const path = require('node:path');

const patienceMs = 7_000;

/**
 * Asks the registry for one small package, the way npm will ask for the others. Returns undefined if it answers,
 * otherwise one or two sentences, and whether it certainly cannot be reached.
 */
function registryTrouble() {
  const version = JSON.parse(read(path.join(root, 'package-lock.json'))).packages['node_modules/ssh2']?.version;
  const args = ['view', `ssh2@${version}`, 'version', '--prefer-online', '--fetch-retries=0', '--loglevel=error'];
  const started = Date.now();
  const answer = run('npm', args, { timeout: patienceMs, killSignal: 'SIGKILL' });
  if (answer.ok) return undefined;
  const code = /^npm (?:ERR!|error) code (\S+)/m.exec(answer.all)?.[1];
  const isCertain = code !== undefined;
  const reason = code ?? (Date.now() - started < patienceMs ? lastLine(answer.all) : 'no answer yet');
  return { isCertain, sentences: `${place()} cannot be reached (${reason}). ${advice}` };
}

const advice =
  'Behind a proxy, run: npm config set https-proxy http://PROXY:PORT (or set HTTPS_PROXY). ' +
  'To use another registry, run: npm config set registry https://REGISTRY';

/**
 * The registry and the proxy that npm uses. npm does not print addresses that contain a password, but the environment
 * may have them.
 */
function place() {
  const args = ['config', 'get', 'registry', 'https-proxy', 'proxy'];
  const config = run('npm', args, { timeout: 2_000, killSignal: 'SIGKILL' }).out;
  const value = (name) => {
    const told = new RegExp(`^${name}=(\\S+)$`, 'm').exec(config)?.[1];
    return withoutLogin(told ?? cleanEnv[`npm_config_${name.replace('-', '_')}`]);
  };
  const proxy = value('https-proxy') ?? value('proxy') ?? withoutLogin(cleanEnv.HTTPS_PROXY ?? cleanEnv.https_proxy);
  const registry = value('registry');
  return `The npm registry${registry ? ` ${registry}` : ''}${proxy ? ` (through the proxy ${proxy})` : ''}`;
}

/** A URL may contain a user name and password. */
function withoutLogin(url) {
  return url === undefined || url === 'null' || url === '' ? undefined : url.replace(/\/\/[^/@]*@/, '//');
}

module.exports = { registryTrouble };
