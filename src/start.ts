import './lib/bounds/small-buffers.ts';
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { type App, openApp } from './app.ts';
import type { Config } from './config/config.ts';
import { handleUncaught } from './last-resort.ts';
import { leave } from './leave.ts';
import { openSupervisor } from './supervisor.ts';

const forceExitMs = 4_500;
/** A second signal that is sent this soon is the first one once more: npm passes on what the terminal sends to both. */
const sameSignalMs = 1_000;

/**
 * Runs Sonde until a signal ends it. `readAgain` reads the settings anew. Throws ConfigError and DatabaseError for what the
 * operator can fix.
 */
export async function start(config: Config, version: string, readAgain: () => Config): Promise<void> {
  const logger = pino({ level: config.logLevel });
  handleUncaught(logger, (code) => process.exit(code));
  const supervisor = openSupervisor(process.env, logger);
  // From the first moment on: without a listener, the signal would end the process.
  let app: App | null = null;
  process.on('SIGHUP', () => reload(app, readAgain, logger));
  app = await openApp(config, logger, version);
  const { close, warnings } = app;
  let closingAt: number | null = null;
  const stop = (signal: NodeJS.Signals): void => {
    if (closingAt !== null) {
      if (performance.now() - closingAt > sameSignalMs) leave(1);
      return;
    }
    closingAt = performance.now();
    logger.info({ signal }, 'Closing');
    supervisor.stopping();
    setTimeout(() => leave(1), forceExitMs).unref();
    close().then(
      () => leave(0),
      () => leave(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  for (const warning of warnings) process.stderr.write(`sonde: warning: ${warning}\n`);
  // A program that reads this may send a signal at once.
  printWelcome(app, config.dataDir);
  supervisor.ready();
}

/** What can change while Sonde runs: the level of its log, and the certificate. Never throws: Sonde goes on as it was. */
function reload(app: App | null, readAgain: () => Config, logger: Logger): void {
  try {
    const { logLevel, tls } = readAgain();
    // First, because it can fail: then the level stays too, as the log says.
    app?.reloadTls(tls);
    logger.level = logLevel;
    logger.info({ logLevel }, 'The log level and the certificate were read again; other settings need a restart');
  } catch (error) {
    logger.error({ err: error }, 'The settings could not be read again; Sonde continues with the old ones');
  }
}

/** The first thing to do, for a person who started it in a terminal. */
function printWelcome({ url: listening, setupRequired, setupToken }: App, dataDir: string): void {
  const url = listening.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:)/, `//${hostname()}`);
  const first =
    setupToken === null ? `Open it in a browser and create the admin.` : `Open ${url}/welcome#setup=${setupToken}`;
  const lines = [
    `Sonde is at ${url}`,
    ...(setupRequired ? [first] : []),
    ...(setupToken === null ? [] : ['to create the admin. Keep this link private: it contains the setup token.']),
    `Try the API at ${url}/docs`,
    `Its data is in ${dataDir}`,
  ];
  process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`);
}
