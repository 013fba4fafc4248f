import { hostname } from 'node:os';
import { pino } from 'pino';
import { type App, openApp } from './app.ts';
import type { Config } from './config/config.ts';
import { handleUncaught } from './last-resort.ts';

const forceExitMs = 4_500;

/** Runs Sonde until a signal ends it. Throws ConfigError and DatabaseError for what the operator can fix. */
export async function start(config: Config, version: string): Promise<void> {
  const logger = pino({ level: config.logLevel });
  handleUncaught(logger, (code) => process.exit(code));
  const app = await openApp(config, logger, version);
  let closing = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (closing) process.exit(1);
    closing = true;
    logger.info({ signal }, 'Closing');
    setTimeout(() => process.exit(1), forceExitMs).unref();
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  for (const warning of app.warnings) process.stderr.write(`sonde: warning: ${warning}\n`);
  // A program that reads this may send a signal at once.
  printWelcome(app, config.dataDir);
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
