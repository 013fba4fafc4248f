/** What every set-up step uses: paths, the environment, programs, and output on standard error. */
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');
const modules = path.join(root, 'node_modules');
const cache = path.join(root, '.cache');
const progressMs = 5_000;

/**
 * Without Sonde's secrets, which npm and its scripts need not see, and without node_modules/.bin, because npm must not
 * run on the Node that it is about to replace.
 */
const cleanEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^SONDE_(SEALING_KEY|JWT_SECRET)/.test(name))),
  PATH: (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.endsWith(path.join('node_modules', '.bin')))
    .join(path.delimiter),
};

const isRoot = process.getuid?.() === 0;

const say = (line) => process.stderr.write(`${line}\n`);

/** The text of a file; undefined if it cannot be read. */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether a program can be found. */
const onPath = (name) => cleanEnv.PATH.split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, name)));

const lastLine = (text) => text.trim().split('\n').at(-1);

/** Ends the set-up with a sentence and the last lines of a program's output. */
function fail(line, output = '') {
  const tail = output.trim().split('\n').slice(-15).join('\n');
  say(tail === '' ? line : `${line}\n${tail}`);
  process.exit(1);
}

/** Runs a short command and waits for its end. */
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

/** Runs a command that may take long. Every five seconds it prints `doing`, the time so far and what `progress` returns. */
async function runLong(doing, command, args, { progress = () => '', timeout = 0, ...options } = {}) {
  const started = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    say(`${doing}: ${seconds} s so far${progress()}`);
  }, progressMs);
  try {
    return await new Promise((resolve) => {
      const child = spawn(command, args, {
        cwd: root,
        env: cleanEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout,
        killSignal: 'SIGKILL',
        ...options,
      });
      let all = '';
      const collect = (chunk) => {
        all = `${all}${chunk}`.slice(-100_000);
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      child.once('error', (error) => resolve({ ok: false, all: error.message }));
      child.once('close', (code) => resolve({ ok: code === 0, all }));
    });
  } finally {
    clearInterval(timer);
  }
}

module.exports = { root, modules, cache, cleanEnv, isRoot, say, fail, read, run, runLong, onPath, lastLine };
