// Runs every static check at once, and shows the output of each when it ends: `npm run check`. Fails if one of them does.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';

/** Half of the cores for each: tsc and oxlint make every type once more on each core that they use. */
const cores = String(Math.max(1, Math.floor(availableParallelism() / 2)));
/** tsc and oxlint's types are Go programs, which end too soon for it to be worth tidying less memory than this. */
const go = { GOMAXPROCS: cores, GOGC: 'off', GOMEMLIMIT: '2GiB' };

/** The longest first. */
const parts: readonly (readonly [string, ...string[]])[] = [
  ['oxlint', '--type-aware', '--deny-warnings'],
  ['tsc', '--checkers', cores],
  ['tsc', '--checkers', cores, '-p', 'web'],
  ['biome', 'ci', '.'],
];

/** Whether the part passed. */
async function passes([program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const started = performance.now();
  const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...go, ...colours } });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `exit code ${code ?? signal}`));
  });
  const [out, error, fault] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const outcome = fault === '' ? `passed in ${seconds} s` : `FAILED after ${seconds} s: ${fault}`;
  process.stdout.write(`${out}${error}[${[program, ...args].join(' ')}] ${outcome}\n`);
  return fault === '';
}

const passed = await Promise.all(parts.map(passes));
if (passed.includes(false)) process.exitCode = 1;
