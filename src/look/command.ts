import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { parseArgs } from 'node:util';
import { factsOf } from '../collectors/index.ts';
import { ConfigError } from '../config/errors.ts';
import { snapshotView } from '../http/views.ts';
import { HostError } from '../model/failure.ts';
import type { Held } from '../scheduler/connections/hold.ts';
import { createPaint, type Paint, wantsColours } from './draw/paint.ts';
import { picture } from './draw/picture.ts';
import { plain, wrap } from './draw/text.ts';
import { codeOf, codeOfFailure, codes, problemsOf } from './judge.ts';
import { Looking } from './look.ts';
import { nagiosFailure, nagiosLines } from './nagios.ts';
import { type ConnectOptions, connectHere, connectTo } from './reach/connect.ts';
import { readSshConfigFiles } from './reach/ssh-config.ts';
import { wayTo } from './reach/target.ts';
import { openTerminal } from './terminal.ts';

export type Io = {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly errors: WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
};

type Options = {
  readonly destination: string | undefined;
  readonly form: 'picture' | 'json' | 'nagios';
  /** Seconds between two looks; null: one is enough. */
  readonly everySeconds: number | null;
  readonly timeoutMs: number;
  readonly isVerbose: boolean;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
};

const usualEverySeconds = 5;
const [usualColumns, usualRows] = [80, 24];
const mostPast = 120;
/** q, and Ctrl-C, which is a key like any other while keys are read one by one. */
const endKeys = ['q', '\u0003'];

/** Prints how a host is doing. Resolves with the exit code. Throws ConfigError for a wrong command line. */
export async function look(args: readonly string[], io: Io): Promise<number> {
  const options = read(args);
  const { output, errors } = io;
  const paint = createPaint(wantsColours(output.isTTY, io.env));
  const name = options.destination?.replace(/^.*@/, '') ?? hostname();
  const limit = AbortSignal.timeout(options.timeoutMs);
  let held: Held | null = null;
  try {
    held = await connect(options, io, limit);
    const looking = new Looking(held);
    await unlessAborted(looking.take(limit), limit);
    const past: number[] = [];
    const show = (): { readonly code: number; readonly lines: readonly string[] } =>
      shown(name, looking, past, options, paint, output.columns || usualColumns);
    if (options.everySeconds === null) {
      const { code, lines } = show();
      output.write(`${lines.join('\n')}\n`);
      return code;
    }
    return await watch(looking, show, options, io);
  } catch (error) {
    if (!(error instanceof HostError)) {
      if (limit.aborted) return fail(`No answer within ${options.timeoutMs / 1000} s`, codes.unknown);
      throw error;
    }
    const { failure } = error;
    if (options.form === 'nagios') output.write(`${nagiosFailure(name, failure).join('\n')}\n`);
    else if (options.form === 'json')
      output.write(`${JSON.stringify({ host: name, status: codeOfFailure(failure), failure })}\n`);
    else {
      errors.write(`${paint.bad(paint.bold(plain(name)))}: ${plain(failure.message)}\n`);
      for (const line of wrap(failure.hint, (errors.columns || usualColumns) - 2)) errors.write(`  ${line}\n`);
    }
    return codeOfFailure(failure);
  } finally {
    held?.close();
  }

  function fail(message: string, code: number): number {
    if (options.form === 'nagios') output.write(`SONDE UNKNOWN - ${plain(name)}: ${message}\n`);
    else errors.write(`${plain(name)}: ${message}\n`);
    return code;
  }
}

function read(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    // A value of --watch is optional, which parseArgs does not know.
    args: args.map((arg) => (arg === '--watch' ? `--watch=${usualEverySeconds}` : arg)),
    options: {
      jump: { type: 'string', short: 'J' },
      port: { type: 'string', short: 'p' },
      user: { type: 'string', short: 'l' },
      identity: { type: 'string', short: 'i' },
      config: { type: 'string', short: 'F' },
      watch: { type: 'string' },
      json: { type: 'boolean' },
      nagios: { type: 'boolean' },
      sudo: { type: 'boolean' },
      'accept-new': { type: 'boolean' },
      legacy: { type: 'boolean' },
      timeout: { type: 'string', default: '30' },
      verbose: { type: 'boolean', short: 'v' },
    },
    allowPositionals: true,
  });
  const [destination, ...more] = positionals;
  if (more.length > 0) throw new ConfigError('sonde look takes one host; sonde look --help lists the options');
  if (values.json && values.nagios) throw new ConfigError('Use either --json or --nagios');
  if (values.nagios && values.watch !== undefined) throw new ConfigError('--nagios looks once: leave out --watch');
  return {
    destination,
    form: values.json ? 'json' : values.nagios ? 'nagios' : 'picture',
    everySeconds: values.watch === undefined ? null : seconds('--watch', values.watch, 1),
    timeoutMs: 1000 * seconds('--timeout', values.timeout, 1),
    isVerbose: values.verbose ?? false,
    values,
  };
}

function seconds(name: string, value: string, least: number): number {
  const found = Number(value);
  if (!/^\d+$/.test(value) || found < least || found > 3_600)
    throw new ConfigError(`${name} must be a number of seconds from ${least} to 3600`);
  return found;
}

async function connect({ destination, values, isVerbose, form }: Options, io: Io, signal: AbortSignal): Promise<Held> {
  const text = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
  const say = (line: string): void => void io.errors.write(`${plain(line)}\n`);
  const terminal = openTerminal(io.input, io.errors);
  const options: ConnectOptions = {
    // A plugin or a pipe must never wait for an answer.
    terminal: form === 'picture' ? terminal : { ...terminal, canAsk: terminal.canAsk && io.output.isTTY },
    agent: io.env.SSH_AUTH_SOCK || null,
    acceptsNew: values['accept-new'] === true,
    sudo: values.sudo === true,
    legacyAlgorithms: values.legacy === true,
    log: isVerbose ? say : () => {},
    signal,
  };
  if (destination === undefined) return connectHere(options);
  const localUser = userInfo().username;
  const asked = { destination, port: text('port'), user: text('user'), jump: text('jump'), identity: text('identity') };
  const way = wayTo(asked, readSshConfigFiles(localUser, text('config')), localUser);
  if (isVerbose) for (const warning of way.warnings) say(`warning: ${warning}`);
  return connectTo(way, options);
}

/** What is printed of the newest sample, and the exit code that goes with it. */
function shown(
  name: string,
  looking: Looking,
  past: number[],
  { form, isVerbose }: Options,
  paint: Paint,
  columns: number,
) {
  const { snapshot, sample } = looking;
  const problems = problemsOf(snapshot.sections, sample);
  const code = codeOf(problems);
  if (form === 'nagios') return { code, lines: nagiosLines(name, snapshot.sections, problems) };
  if (form === 'json')
    return { code, lines: [JSON.stringify({ host: name, status: code, problems, ...snapshotView(snapshot) })] };
  const busy = factsOf(snapshot.sections).cpu?.total?.busy;
  if (busy !== undefined) past.push(busy);
  if (past.length > mostPast) past.shift();
  return { code, lines: picture({ name, snapshot, sample, problems, cpu: past, hasHints: isVerbose }, paint, columns) };
}

/** Looks again and again until the person ends it, or the host does. On a terminal, each picture takes the place of the last. */
async function watch(
  looking: Looking,
  show: () => { readonly code: number; readonly lines: readonly string[] },
  { everySeconds, form }: Options,
  { input, output }: Io,
): Promise<number> {
  const over = new AbortController();
  const isScreen = output.isTTY && form === 'picture';
  const end = (): void => over.abort();
  const key = (typed: Buffer): void => {
    if (endKeys.some((one) => typed.includes(one))) end();
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  if (isScreen && input.isTTY) input.setRawMode(true).on('data', key).resume();
  // The other screen, as pagers use it: what was there comes back.
  if (isScreen) output.write('\u001b[?1049h\u001b[?25l');
  let last = show();
  try {
    for (;;) {
      if (isScreen)
        output.write(
          `\u001b[H${last.lines
            .slice(0, (output.rows || usualRows) - 1)
            .map((line) => `${line}\u001b[K`)
            .join('\n')}\u001b[J`,
        );
      else output.write(`${last.lines.join('\n')}\n${form === 'json' ? '' : '\n'}`);
      await sleep(1000 * (everySeconds ?? usualEverySeconds), undefined, { signal: over.signal });
      await unlessAborted(looking.take(over.signal), over.signal);
      last = show();
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
    return last.code;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    if (isScreen && input.isTTY) input.off('data', key).setRawMode(false).pause();
    if (isScreen) output.write(`\u001b[?25h\u001b[?1049l${last.lines.join('\n')}\n`);
  }
}

/** Waits no longer than a signal lets it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', aborted))
      .catch(() => {});
  });
}
