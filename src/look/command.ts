import { hostname, userInfo } from 'node:os';
import type { ReadStream, WriteStream } from 'node:tty';
import { parseArgs } from 'node:util';
import { factsOf } from '../collectors/index.ts';
import { ConfigError } from '../config/errors.ts';
import { openTerminal } from '../config/terminal.ts';
import { snapshotView } from '../http/views.ts';
import { json, plain } from '../lib/bounds/terminal.ts';
import { type Failure, HostError } from '../model/failure.ts';
import type { Held } from '../scheduler/connections/hold.ts';
import { createPaint, type Paint, wantsColours } from './draw/paint.ts';
import { picture } from './draw/picture.ts';
import { wrap } from './draw/text.ts';
import { codeOf, codeOfFailure, problemsOf, unreadOf } from './judge.ts';
import { Looking } from './look.ts';
import { nagiosFailure, nagiosLines } from './nagios.ts';
import { type ConnectOptions, connectHere, connectTo } from './reach/connect.ts';
import { readSshConfigFiles } from './reach/ssh-config.ts';
import { wayTo } from './reach/target.ts';
import { type Shown, unlessAborted, watch } from './watch.ts';
import { withSeconds } from './watch-option.ts';

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

const usualColumns = 80;
const mostPast = 120;

/** Prints how a host is doing. Resolves with the exit code. Throws ConfigError for a wrong command line. */
export async function look(args: readonly string[], io: Io): Promise<number> {
  const options = read(args);
  const { output, errors } = io;
  const paint = createPaint(wantsColours(output.isTTY, io.env));
  const name = options.destination?.replace(/^.*@/, '') ?? hostname();
  const limit = AbortSignal.timeout(options.timeoutMs);
  let held: Held | null = null;
  const notes: string[] = [];
  try {
    held = await connect(options, io, limit, notes);
    const looking = new Looking(held);
    const past: number[] = [];
    const take = async (signal: AbortSignal): Promise<void> => {
      await looking.take(signal);
      const busy = factsOf(looking.snapshot.sections).cpu?.total?.busy;
      if (busy !== undefined) past.push(busy);
      if (past.length > mostPast) past.shift();
    };
    await unlessAborted(take(limit), limit);
    const show = (): Shown => shown(name, looking, past, options, paint, output.columns || usualColumns);
    if (options.everySeconds === null) {
      const { code, lines } = show();
      output.write(`${lines.join('\n')}\n`);
      return code;
    }
    const { everySeconds, form } = options;
    return await watch({ take, show, everySeconds, isPicture: form === 'picture', isLines: form === 'json' }, io);
  } catch (error) {
    const isLate = limit.aborted && isAbort(error);
    if (!isLate && !(error instanceof HostError)) throw error;
    const failure = error instanceof HostError && !isLate ? error.failure : tooSlow(options.timeoutMs);
    if (options.form === 'nagios') output.write(`${nagiosFailure(name, failure).join('\n')}\n`);
    else if (options.form === 'json')
      output.write(`${json({ host: name, status: codeOfFailure(failure), failure })}\n`);
    else {
      errors.write(`${paint.bad(paint.bold(plain(name)))}: ${plain(failure.message)}\n`);
      const said = [failure.hint, ...notes.filter((note) => mayExplain(note, failure))];
      for (const text of said)
        for (const line of wrap(text, (errors.columns || usualColumns) - 2)) errors.write(`  ${line}\n`);
    }
    return codeOfFailure(failure);
  } finally {
    held?.close();
  }
}

/** Whether a note may say why it failed. Many machines set GSSAPIAuthentication for all hosts, and need it for none. */
const mayExplain = (note: string, { stage }: Failure): boolean =>
  stage === 'auth' || !note.endsWith(': GSSAPIAuthentication');

/** What work is ended with when its signal is. */
const isAbort = (error: unknown): boolean =>
  error instanceof HostError
    ? error.failure.reason === 'cancelled'
    : ['AbortError', 'TimeoutError'].includes((error as Error).name);

/** Which part of the way took so long is not known. */
function tooSlow(timeoutMs: number): Failure {
  const message = `No answer within ${timeoutMs / 1000} s`;
  return {
    stage: 'sonde',
    reason: 'timed-out',
    message,
    hint: 'Look again with -v to see how far it gets, or give it more time with --timeout.',
  };
}

function read(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: withSeconds(args),
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

/** `notes` gets what of ssh_config is not followed, unless it is said at once. */
async function connect(
  { destination, values, isVerbose, form }: Options,
  io: Io,
  signal: AbortSignal,
  notes: string[],
): Promise<Held> {
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
  const way = wayTo(asked, readSshConfigFiles(localUser, text('config')), localUser, io.env);
  for (const warning of way.warnings)
    if (isVerbose) say(`warning: ${warning}`);
    else notes.push(warning);
  return connectTo(way, options);
}

/** What is printed of the newest sample, and the exit code that goes with it. */
function shown(
  name: string,
  looking: Looking,
  past: readonly number[],
  { form, isVerbose }: Options,
  paint: Paint,
  columns: number,
) {
  const { snapshot, sample } = looking;
  const problems = problemsOf(snapshot.sections, sample);
  const code = codeOf(problems, unreadOf(snapshot.sections));
  if (form === 'nagios') return { code, lines: nagiosLines(name, snapshot.sections, problems) };
  if (form === 'json')
    return { code, lines: [json({ host: name, status: code, problems, ...snapshotView(snapshot) })] };
  return { code, lines: picture({ name, snapshot, sample, problems, cpu: past, hasHints: isVerbose }, paint, columns) };
}
