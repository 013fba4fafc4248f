import { createWriteStream, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { type Config, ConfigError } from '../../config/config.ts';
import { databaseFile, requireDatabase } from '../../config/data-dir.ts';
import { copyDatabase } from '../../db/copy.ts';
import { type PeekedHost, peekHosts } from '../../db/peek.ts';
import { StoredHistory } from '../../history/export/stored.ts';
import { type ExportFormat, exportFormats, exportTexts } from '../../history/export/texts.ts';
import { isCorrupt } from '../../history/files/database.ts';
import { metricsOf, timeOf } from '../../history/query/asked.ts';
import { wantedBy } from '../../history/query/source.ts';
import { RequestError } from '../../lib/errors.ts';
import { historyFolder } from '../backup/manifest.ts';

/** What was asked for is right, and could not be done. One line, exit code 1. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

export type ExportOptions = {
  readonly dataDir: string;
  /** By id or name; none: all. */
  readonly hosts: readonly string[];
  readonly metrics: ReturnType<typeof metricsOf>;
  /** ms since the epoch. */
  readonly span: { readonly from: number; readonly to: number };
  readonly format: ExportFormat;
  /** Is told of what cannot be read and is left out. */
  readonly warn: (line: string) => void;
};

type Streams = { readonly out: Writable; readonly warn: (line: string) => void; readonly now: number };

const usage = `Usage: sonde history export [--host HOST]… [--metric METRIC]… [--from TIME] [--to TIME]
                            [--format ${exportFormats.join('|')}] [--output FILE]`;

/**
 * Writes what is stored of hosts, whether Sonde runs or not, to standard output or a new file. Throws ConfigError for what
 * was asked wrongly, and ExportError for what failed.
 */
export async function historyCommand(args: readonly string[], config: Config, streams: Streams): Promise<void> {
  const [command, ...rest] = args;
  if (command !== 'export') throw new ConfigError(usage);
  const { values } = parseArgs({
    args: rest,
    options: {
      host: { type: 'string', multiple: true },
      metric: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      format: { type: 'string' },
      output: { type: 'string' },
    },
  });
  const { dataDir } = config;
  const file = values.output === undefined ? null : resolve(values.output);
  if (file !== null && existsSync(file)) throw new ConfigError(`${file} exists already. Name a new file`);
  const asked = asRequest(() => ({
    metrics: metricsOf((values.metric ?? []).join(',')),
    span: {
      from: values.from === undefined ? 0 : timeOf('--from', values.from),
      to: values.to === undefined ? streams.now : timeOf('--to', values.to),
    },
  }));
  if (!(asked.span.from < asked.span.to)) throw new ConfigError('--to must be a time after --from');
  const format = exportFormats.find((one) => one === (values.format ?? 'csv'));
  if (format === undefined) throw new ConfigError(`--format must be one of ${exportFormats.join(', ')}`);
  const options = { dataDir, hosts: values.host ?? [], ...asked, format, warn: streams.warn };
  if (file === null) return exportTo(options, () => streams.out, streams.now);
  let isMade = false;
  const open = (): Writable => {
    const fd = openSync(file, 'wx', 0o600);
    isMade = true;
    return createWriteStream(file, { fd, flush: true });
  };
  try {
    await exportTo(options, open, streams.now);
  } catch (error) {
    if (isMade) rmSync(file, { force: true });
    throw error;
  }
}

/** Throws ConfigError, ExportError, and what the output throws when nobody reads it any more (EPIPE). */
export async function exportTo(options: ExportOptions, open: () => Writable, now: number): Promise<void> {
  const { dataDir, metrics, span, format } = options;
  requireDatabase(dataDir);
  const hosts = chosen(peekHosts(databaseFile(dataDir)), options.hosts);
  const folder = join(dataDir, historyFolder);
  if (!existsSync(folder)) throw new ExportError(`There is no history in ${dataDir}`);
  const temporary = mkdtempSync(join(tmpdir(), 'sonde-export-'));
  const remove = (): void => rmSync(temporary, { recursive: true, force: true });
  const leave = (signal: NodeJS.Signals): void => {
    remove();
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, leave);
  const warnOnce = once(options.warn);
  const onDamage = (name: string | null): void =>
    warnOnce(
      name === null
        ? 'A part of the history is damaged and was left out'
        : `${historyFolder}/${name} cannot be read and was left out`,
    );
  let stored: StoredHistory | undefined;
  try {
    stored = new StoredHistory({ folder, journal: copyJournal(folder, temporary, onDamage), now, onDamage });
    const texts = exportTexts(format, { stored, hosts, span, wanted: wantedBy(metrics) });
    await pipeline(Readable.from(texts, { objectMode: true, highWaterMark: 1 }), open());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof ConfigError || code === 'EPIPE') throw error;
    throw new ExportError(`The history could not be exported: ${message}`, { cause: error });
  } finally {
    stored?.close();
    remove();
    for (const signal of signals) process.off(signal, leave);
  }
}

/** The path of a copy that belongs to nobody else; null: there is no journal, or it is damaged. */
function copyJournal(folder: string, to: string, onDamage: (name: string) => void): string | null {
  const [journal, copy] = [join(folder, 'journal.db'), join(to, 'journal.db')];
  if (!existsSync(journal)) return null;
  try {
    copyDatabase(journal, copy);
    return copy;
  } catch (error) {
    if (!isCorrupt((error as Error).cause)) throw error;
    onDamage('journal.db');
    return null;
  }
}

/** Throws ConfigError for a host that there is not, and for a name that several have. */
function chosen(all: readonly PeekedHost[], names: readonly string[]): readonly PeekedHost[] {
  if (names.length === 0) return all;
  const ids = new Set(names.map((name) => find(all, name).id));
  return all.filter(({ id }) => ids.has(id));
}

function find(all: readonly PeekedHost[], name: string): PeekedHost {
  const byId = all.find(({ id }) => String(id) === name);
  if (byId !== undefined) return byId;
  const found = all.filter((host) => host.name === name);
  const [first] = found;
  if (first === undefined) throw new ConfigError(`There is no host ${JSON.stringify(name)}. Give its name or its id`);
  if (found.length === 1) return first;
  const list = found.map(({ id, owner }) => `${id} (of ${owner})`).join(', ');
  throw new ConfigError(`Several hosts are called ${JSON.stringify(name)}. Give the id of one: ${list}`);
}

function asRequest<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof RequestError ? new ConfigError(error.message) : error;
  }
}

/** Says each line once. */
function once(say: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    said.add(line);
    say(line);
  };
}
